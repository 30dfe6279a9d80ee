#pragma once

#include <memory>

#include "tripartite/network/network.hpp"

namespace tripartite {

/// The CPU's network for a setup that was checked. Throws MemoryError if it needs more than there is.
template <class Real>
std::unique_ptr<Network> make_cpu_network(NetworkSetup setup);

}  // namespace tripartite
