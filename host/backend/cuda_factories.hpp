#pragma once

#include <memory>

#include "tripartite/network/network.hpp"
#include "tripartite/synapse/ensemble.hpp"

/// Makers of CUDA's engines that no public header names. They load the CUDA module when it is first needed.
namespace tripartite::synapse {

/// Throws MemoryError before allocating what does not fit, DeviceError where there is no CUDA.
template <class Real>
std::unique_ptr<Ensemble<Real>> make_cuda_ensemble(EnsembleSetup setup);

}  // namespace tripartite::synapse

namespace tripartite::network {

/// With fixed steps. Throws MemoryError before allocating what does not fit, DeviceError where there is no CUDA.
template <class Real>
std::unique_ptr<Network<Real>> make_cuda_network(const NetworkSetup& setup);

}  // namespace tripartite::network
