#pragma once

#include <cstdint>

#include "tripartite/network/network.hpp"

namespace tripartite {

/// A number that tells setups apart by everything that stays as it is while a network runs: models, parameters,
/// options, factors, projections and solver. Not of what a saved state holds (states, common and base values), nor of
/// what does not change results (backend, threads).
std::uint64_t fingerprint(const NetworkSetup& setup);

}  // namespace tripartite
