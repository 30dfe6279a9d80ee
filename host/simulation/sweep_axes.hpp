#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/synapse_config.hpp"

namespace tripartite::simulation {

/// One parameter over a range.
struct SweepAxis {
  std::string name;            // of a parameter of [synapse] or [astrocyte], or "rate"
  std::vector<double> values;  // rising
  bool is_log = false;
  std::string symbol, unit;  // "O_δ", "uM/s"
};

/// The parameters over their ranges. Throws ConfigError if `config.over` does not name one or two different ones.
std::vector<SweepAxis> sweep_axes(const config::SweepConfig& config);

/// That there are one or two different axes; `example` is one. Throws ConfigError.
void check_axes(std::span<const SweepAxis> axes, std::string_view example);

/// Points of the grid.
std::size_t points_of(std::span<const SweepAxis> axes);

/// The value of one axis at a point; points are [y][x].
double value_at(std::span<const SweepAxis> axes, std::size_t axis, std::size_t point);

/// "O_delta = 0.6 uM/s, K_P = 0.05 uM"
std::string words_of_point(std::span<const SweepAxis> axes, std::size_t point);

/// NAME=LOW:HIGH:POINTS[:log] apart from what the name means: `name`, `values` and `is_log` of the result. Throws
/// ConfigError.
SweepAxis read_range(const std::string& text);

}  // namespace tripartite::simulation
