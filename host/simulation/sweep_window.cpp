#include "host/simulation/sweep_window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tripartite::simulation {

Transient transient_of(double given, const std::optional<TimeConstant>& slowest) {
  constexpr double time_constants_discarded = 5;  // e^-5 < 1 % of a transient is left
  if (given != 0 || !slowest) return {given, ""};
  return {time_constants_discarded * slowest->seconds,
          fmt::format(" ({:g} times {})", time_constants_discarded, to_string(*slowest))};
}

SweepSamples sweep_samples(double dt, double interval, double transient, double duration) {
  const auto at_least_one = [](double count) { return std::max<std::int64_t>(1, std::llround(count)); };
  SweepSamples samples;
  samples.every = at_least_one(interval / dt);
  samples.interval = double(samples.every) * dt;
  samples.discarded = std::llround(std::ceil(transient / samples.interval - 1e-9));
  samples.observed = at_least_one(duration / samples.interval);
  return samples;
}

}  // namespace tripartite::simulation
