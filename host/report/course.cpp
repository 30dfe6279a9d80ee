#include "host/report/course.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/config/synapse_config.hpp"
#include "host/report/figure.hpp"
#include "host/simulation/calcium_activity.hpp"

namespace tripartite::report {

Course course_of(std::span<const double> curve) {
  Span span;
  double sum = 0;
  std::size_t count = 0;
  for (const double value : curve.subspan(curve.size() / 2)) {
    if (!std::isfinite(value)) continue;
    span.include(value);
    sum += value;
    ++count;
  }
  if (count == 0) return {NAN, NAN, NAN};
  return {sum / double(count), span.low, span.high};
}

double calcium_frequency(std::span<const double> time, std::span<const double> calcium) {
  const std::size_t begin = calcium.size() / 2;
  const auto half = calcium.subspan(begin);
  if (half.size() < 2 || !std::all_of(half.begin(), half.end(), [](double value) { return std::isfinite(value); }))
    return 0;
  const double interval = (time[calcium.size() - 1] - time[begin]) / double(half.size() - 1);
  simulation::CalciumObservation observation(time[begin], interval, config::least_calcium_amplitude);
  observation.add(half);
  return observation.summary().frequency;
}

std::string words_of_oscillation() {
  return fmt::format(
      "Calcium oscillates if it moves by {:g} µM or more and goes through two complete cycles, from one upward "
      "crossing "
      "of the middle of its range to the next.",
      config::least_calcium_amplitude);
}

}  // namespace tripartite::report
