#pragma once

#include <memory>

#include "tripartite/network/network.hpp"

namespace tripartite {

/// The CUDA backend's network for a setup that was checked: adaptive methods only without projections. Throws
/// MemoryError before allocating what does not fit, DeviceError where there is no CUDA or a model has no kernels.
template <class Real>
std::unique_ptr<Network> make_cuda_network(NetworkSetup setup);

}  // namespace tripartite
