#pragma once

#include <cstdint>
#include <vector>

namespace tripartite::simulation {

/// `count` of [0, all), evenly spread, rising; 0: all.
std::vector<std::uint64_t> evenly_spread(std::uint64_t all, std::uint64_t count);

}  // namespace tripartite::simulation
