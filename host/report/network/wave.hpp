#pragma once

#include <optional>
#include <vector>

#include "host/report/recorded.hpp"

namespace tripartite::report::network {

/// When calcium rises in each soma: above half of the highest value that any of them reaches.
struct Rise {
  double level;                               // [µM]
  std::vector<std::optional<double>> onsets;  // [s] first time above it, by element; nothing where it stays below
  std::size_t cells = 0;                      // that rise
  double first = 0, last = 0;                 // [s] onsets
};

/// Nothing where calcium moves by less than calcium at rest does (oscillation.hpp).
std::optional<Rise> rise_of(const Recorded& calcium);

}  // namespace tripartite::report::network
