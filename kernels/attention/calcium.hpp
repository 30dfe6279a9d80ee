#pragma once

#include <cuda_runtime_api.h>

#include "kernels/attention/shape.hpp"

namespace tripartite::attention::cuda {

/// Modulatory calcium of synapses with rates of their own (others share it: shared_calcium.hpp).
template <class Real>
struct Calcium {
  const Real* rate = nullptr;  // [synapses] kappa = 1 / tau_p
  Real* calcium = nullptr;     // [synapses] p
};

/// Steps of p of every synapse through one chunk, driven by the global calcium of its astrocyte.
template <class Real>
struct CalciumSteps {
  Calcium<Real> state;
  int panels = 0;
  Real dt = 0;
  bool exponential = false;              // exponential Euler; else forward Euler or RK4
  const Real* global_calcium = nullptr;  // [panels * stages][heads][astrocytes]
};
template <class Real>
void launch_calcium_steps(const Shape& shape, const CalciumSteps<Real>& run, int stages_per_panel, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
