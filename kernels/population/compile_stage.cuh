#pragma once

// cmake/TripartiteCudaModel.cmake writes a source file that includes this header, then the header of a model, whose
// last line says what to compile.
#include "kernels/population/exchange.cuh"
#include "kernels/population/stage.cuh"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::population::cuda {

/// The kernels of a model in networks.
template <class Family, class Real>
void add_network_loops(CudaLoops<Real>& loops) {
  loops.stage = launch_stage<Family, Real>;
  if constexpr (HasExchange<typename Family::template Of<Real>>) loops.exchange = launch_exchange<Family, Real>;
}

}  // namespace tripartite::population::cuda

#define TRIPARTITE_KERNELS(...)                                                                               \
  template void population::cuda::add_network_loops<__VA_ARGS__, float>(population::cuda::CudaLoops<float>&); \
  template void population::cuda::add_network_loops<__VA_ARGS__, double>(population::cuda::CudaLoops<double>&);

#include "kernels/population/compile_models.hpp"
