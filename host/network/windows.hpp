#pragma once

#include <algorithm>
#include <cstdint>

#include "tripartite/network/network.hpp"

namespace tripartite::network {

/// Steps between two looks at the numbers with methods of fixed steps, and at most twice as many between two events of
/// an element.
inline constexpr int fixed_window_steps = 256;

/// Steps of dt that the elements of populations which nothing joins take in one go. What methods that choose their
/// steps cut short at the end of a window is lost: theirs last a second or more, and end at multiples of that, so that
/// the result does not depend on how the run is cut into calls which end there.
inline int window_steps(integrate::Method method, double dt) {
  if (!is_adaptive(method)) return fixed_window_steps;
  return std::max(fixed_window_steps, int(std::min(1 / dt, 1e6)));
}

/// How many of `steps` to take at once, `done` steps into the run.
inline int window_at(std::int64_t done, std::int64_t steps, const NetworkSetup& setup) {
  const int whole = window_steps(setup.method, setup.dt);
  return int(std::min<std::int64_t>(whole - done % whole, steps));
}

}  // namespace tripartite::network
