#pragma once

#include <memory>

#include "tripartite/network/network.hpp"

/// Makers of CUDA's engines that no public header names. They load the CUDA module when it is first needed.
namespace tripartite {

/// The CUDA backend's network for a setup that was checked: adaptive methods only without projections. Throws
/// MemoryError before allocating what does not fit, DeviceError where there is no CUDA or a model has no kernels.
template <class Real>
std::unique_ptr<Network> make_cuda_network(NetworkSetup setup);

}  // namespace tripartite
