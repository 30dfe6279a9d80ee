#pragma once

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

#include "tripartite/simulation.hpp"

namespace tripartite {

/// Puts the events from place `before` on into their order: by time, population, index.
inline void sort_events(std::vector<Event>& events, std::size_t before) {
  std::sort(events.begin() + std::ptrdiff_t(before), events.end(), [](const Event& a, const Event& b) {
    return std::tie(a.time, a.population, a.index) < std::tie(b.time, b.population, b.index);
  });
}

}  // namespace tripartite
