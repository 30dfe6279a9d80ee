#pragma once

#include <memory>

#include "tripartite/network/network.hpp"

namespace tripartite::network {

/// With fixed steps. Throws MemoryError before allocating what does not fit, DeviceError where there is no CUDA.
template <class Real>
std::unique_ptr<Network<Real>> make_cuda_network(const NetworkSetup& setup);

}  // namespace tripartite::network
