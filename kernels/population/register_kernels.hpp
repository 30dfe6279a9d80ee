#pragma once

// Puts the kernels of models into the table of their module: cmake/TripartiteCudaModel.cmake writes a source file that
// includes this header, then the header of a model, whose last line says what to register.
#include <string>

#include "kernels/population/models.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::population::cuda {

template <class Family, class Real>
void launch_fixed(const WindowRun<Real>& run, cudaStream_t stream);
template <class Family, class Real>
void launch_adaptive(const WindowRun<Real>& run, cudaStream_t stream);
template <class Family, class Real>
void add_network_loops(CudaLoops<Real>& loops);
template <class Family>
void add_process_kernels(CudaModel& model);

template <class Family>
CudaModel kernels_of() {
  using Described = typename Family::template Of<double>;
  static const std::string name = [] {
    std::string text = Described::name;
    if constexpr (HasCell<Described>) text += std::string(".") + Described::Cell::name;
    return text;
  }();
  CudaModel model;
  model.name = name;
  model.float32.fixed = launch_fixed<Family, float>;
  model.float64.fixed = launch_fixed<Family, double>;
  model.float32.adaptive = launch_adaptive<Family, float>;
  model.float64.adaptive = launch_adaptive<Family, double>;
  add_network_loops<Family>(model.float32);
  add_network_loops<Family>(model.float64);
  add_process_kernels<Family>(model);
  return model;
}

}  // namespace tripartite::population::cuda

#define TRIPARTITE_JOINED(a, b) a##b
#define TRIPARTITE_REGISTRAR(number, ...)                                                                       \
  namespace {                                                                                                   \
  const population::cuda::RegisterModel TRIPARTITE_JOINED(registered_,                                          \
                                                          number){population::cuda::kernels_of<__VA_ARGS__>()}; \
  }
#define TRIPARTITE_NUMBERED(number, ...) TRIPARTITE_REGISTRAR(number, __VA_ARGS__)
#define TRIPARTITE_KERNELS(...) TRIPARTITE_NUMBERED(__COUNTER__, __VA_ARGS__)

#include "kernels/population/compile_models.hpp"
