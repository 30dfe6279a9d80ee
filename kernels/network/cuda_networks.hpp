#pragma once

#include <memory>

#include "tripartite/network/network.hpp"

namespace tripartite::network::cuda {

/// Populations that nothing joins.
template <class Real>
std::unique_ptr<Network> make_window_network(NetworkSetup setup);
/// Networks with projections, by fixed methods.
template <class Real>
std::unique_ptr<Network> make_stage_network(NetworkSetup setup);

}  // namespace tripartite::network::cuda
