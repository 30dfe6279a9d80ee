#pragma once

#include "kernels/synapse/advance.hpp"

namespace tripartite::synapse::cuda {

/// The same by a method that chooses its steps, each synapse its own.
template <class Real>
void launch_adaptive(const AdvanceRun<Real>& run, cudaStream_t stream);

}  // namespace tripartite::synapse::cuda
