#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "host/config/synapse_config.hpp"

namespace tripartite::simulation {

/// One quantity of a run and of the same run with a finer step.
struct StepDifference {
  std::string quantity, unit;
  double value = 0, finer = 0;
  std::string where;    // both are from: "at the end", "at O_delta = 0.2 uM/s"
  double relative = 0;  // difference, relative to `scale`
  std::string scale;    // "of the root mean square over the run", "of the largest value at any point"
};

/// What --check-step found; empty without it.
struct StepCheck {
  std::string how;  // "half the step (0.5 ms)"
  std::vector<StepDifference> differences;
};

/// "half the step (0.5 ms)", "a tenth of the tolerances (1e-7, 1e-10)"
std::string how_fine(const config::Stepping& finer);

/// Of a quantity at the same times: root mean square of the differences relative to that of the quantity; values are
/// those at the end.
StepDifference difference_over_time(std::string quantity, std::string unit, std::span<const double> values,
                                    std::span<const double> finer);

/// Of a quantity at the same points: the largest difference relative to the largest value; values are those of that
/// point, which `place` names.
StepDifference difference_over_points(std::string quantity, std::string unit, std::span<const double> values,
                                      std::span<const double> finer,
                                      const std::function<std::string(std::size_t)>& place);

/// Of a single number.
StepDifference difference_of(std::string quantity, std::string unit, double value, double finer);

}  // namespace tripartite::simulation
