#pragma once

#include <memory>

#include "tripartite/network/network.hpp"

namespace tripartite::network::cuda {

/// The network of a setup that was checked: adaptive methods only without projections. Throws MemoryError before
/// allocating what does not fit, DeviceError if a model has no kernels.
template <class Real>
std::unique_ptr<Network> make_network(NetworkSetup setup);

}  // namespace tripartite::network::cuda
