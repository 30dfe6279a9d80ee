#pragma once

#include <algorithm>

#include "tripartite/network/network.hpp"

namespace tripartite::network {

/// Steps between two looks at the numbers with methods of fixed steps, and at most twice as many between two events of
/// an element.
inline constexpr int fixed_window_steps = 256;

/// Steps of dt that the elements of populations which nothing joins take in one go. What methods that choose their
/// steps cut short at the end of a window is lost: theirs last a second or more.
inline int window_steps(const NetworkSetup& setup) {
  if (!is_adaptive(setup.method)) return fixed_window_steps;
  return std::max(fixed_window_steps, int(std::min(1 / setup.dt, 1e6)));
}

}  // namespace tripartite::network
