#pragma once

#include <memory>

#include "tripartite/network/network.hpp"

namespace tripartite::network::cuda {

/// With fixed steps. Throws MemoryError before allocating what does not fit.
template <class Real>
std::unique_ptr<Network<Real>> make_network(const NetworkSetup& setup);

}  // namespace tripartite::network::cuda
