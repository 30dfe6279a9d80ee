#include "host/simulation/step_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/simulation/time_constants.hpp"

namespace tripartite::simulation {
namespace {

struct Worst {
  std::size_t place = 0;
  double relative = 0;
};

Worst worst_of(std::span<const double> values, std::span<const double> finer) {
  double scale = 0, largest = 0;
  Worst worst;
  for (std::size_t i = 0; i < std::min(values.size(), finer.size()); ++i) {
    scale = std::max({scale, std::abs(values[i]), std::abs(finer[i])});
    if (const double difference = std::abs(values[i] - finer[i]); !(difference <= largest)) {
      largest = difference;
      worst.place = i;
    }
  }
  worst.relative = scale > 0 ? largest / scale : 0;
  return worst;
}

}  // namespace

std::string how_fine(const config::Stepping& finer) {
  if (is_adaptive(finer.method))
    return fmt::format("a tenth of the tolerances ({:g}, {:g})", finer.relative_tolerance, finer.absolute_tolerance);
  return fmt::format("half the step ({})", seconds_as_words(finer.dt / finer.substeps));
}

StepDifference difference_over_time(std::string quantity, std::string unit, std::span<const double> values,
                                    std::span<const double> finer) {
  double squares = 0, scale = 0;
  for (std::size_t i = 0; i < std::min(values.size(), finer.size()); ++i) {
    squares += (values[i] - finer[i]) * (values[i] - finer[i]);
    scale += finer[i] * finer[i];
  }
  StepDifference result{std::move(quantity),
                        std::move(unit),
                        0,
                        0,
                        "at the end",
                        scale > 0 ? std::sqrt(squares / scale) : std::sqrt(squares),
                        "of its root mean square over the run"};
  if (!values.empty()) result.value = values.back();
  if (!finer.empty()) result.finer = finer.back();
  return result;
}

StepDifference difference_over_points(std::string quantity, std::string unit, std::span<const double> values,
                                      std::span<const double> finer,
                                      const std::function<std::string(std::size_t)>& place) {
  const Worst worst = worst_of(values, finer);
  return {std::move(quantity),
          std::move(unit),
          values[worst.place],
          finer[worst.place],
          "at " + place(worst.place),
          worst.relative,
          "of its largest value at any point"};
}

StepDifference difference_of(std::string quantity, std::string unit, double value, double finer) {
  return {std::move(quantity), std::move(unit), value, finer, "", worst_of({&value, 1}, {&finer, 1}).relative, ""};
}

}  // namespace tripartite::simulation
