#include "host/simulation/bursts.hpp"

#include <algorithm>

#include "host/simulation/oscillation.hpp"

namespace tripartite::simulation {

Bursts bursts_in(std::span<const double> rate, double interval, double least) {
  const Oscillation found = oscillation_of(rate, 0, interval);
  if (!(found.amplitude >= least) || found.crossings.empty()) return {};
  Bursts bursts{found.crossings.size(), found.crossings.front(), found.crossings.back(), 0};
  auto intervals = found.intervals();
  if (intervals.empty()) return bursts;
  const auto middle = intervals.begin() + std::ptrdiff_t(intervals.size() / 2);
  std::nth_element(intervals.begin(), middle, intervals.end());
  bursts.median_interval = *middle;
  if (intervals.size() % 2 == 0)
    bursts.median_interval = (bursts.median_interval + *std::max_element(intervals.begin(), middle)) / 2;
  return bursts;
}

}  // namespace tripartite::simulation
