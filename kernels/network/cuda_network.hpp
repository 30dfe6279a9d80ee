#pragma once

#include <memory>

#include "tripartite/network/network.hpp"

namespace tripartite {

/// The network of a setup that was checked, on the current CUDA device. Throws MemoryError, DeviceError.
template <class Real>
std::unique_ptr<Network> make_cuda_network(NetworkSetup setup);

}  // namespace tripartite
