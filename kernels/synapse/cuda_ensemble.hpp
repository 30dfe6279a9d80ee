#pragma once

#include <memory>

#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::synapse {

/// Throws MemoryError before allocating what does not fit, DeviceError where there is no CUDA.
template <class Real>
std::unique_ptr<Ensemble<Real>> make_cuda_ensemble(EnsembleSetup setup);

}  // namespace tripartite::synapse
