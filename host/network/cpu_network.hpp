#pragma once

#include <memory>

#include "tripartite/network/network.hpp"

namespace tripartite::network {

template <class Real>
std::unique_ptr<Network<Real>> make_cpu_network(NetworkSetup setup);

}  // namespace tripartite::network
