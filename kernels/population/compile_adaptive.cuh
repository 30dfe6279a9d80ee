#pragma once

// cmake/TripartiteCudaModel.cmake writes a source file that includes this header, then the header of a model, whose
// last line says what to compile.
#include "kernels/population/adaptive.cuh"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

#define TRIPARTITE_KERNELS(...)                                                                                    \
  template void population::cuda::launch_adaptive<__VA_ARGS__, float>(const population::cuda::WindowRun<float>&,   \
                                                                      cudaStream_t);                               \
  template void population::cuda::launch_adaptive<__VA_ARGS__, double>(const population::cuda::WindowRun<double>&, \
                                                                       cudaStream_t);

#include "kernels/population/compile_models.hpp"
