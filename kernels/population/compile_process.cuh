#pragma once

// cmake/TripartiteCudaModel.cmake writes a source file that includes this header, then the header of a model, whose
// last line says what to compile: of a calcium model, the processes of attention.
#include "kernels/attention/processes.cuh"
#include "kernels/population/models.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::population::cuda {

template <class Family>
struct ProcessKernels {
  static void add(CudaModel&) {}
};
/// Each calcium model has one astrocyte, whose entry in the table has its processes, too.
template <template <class> class Calcium>
struct ProcessKernels<On<Astrocyte, Calcium>> {
  static void add(CudaModel& model) {
    model.processes_float32 = attention::cuda::launch_processes<Calcium, float>;
    model.processes_float64 = attention::cuda::launch_processes<Calcium, double>;
  }
};

template <class Family>
void add_process_kernels(CudaModel& model) {
  ProcessKernels<Family>::add(model);
}

}  // namespace tripartite::population::cuda

#define TRIPARTITE_KERNELS(...) \
  template void population::cuda::add_process_kernels<__VA_ARGS__>(population::cuda::CudaModel&);

#include "kernels/population/compile_models.hpp"
