#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "host/simulation/sweep_axes.hpp"

namespace tripartite::cli {

/// The axes of a sweep as summary.json has them.
inline nlohmann::ordered_json to_json(std::span<const simulation::SweepAxis> axes) {
  auto all = nlohmann::ordered_json::array();
  for (const simulation::SweepAxis& axis : axes)
    all.push_back({{"name", axis.name},
                   {"symbol", axis.symbol},
                   {"unit", axis.unit},
                   {"values", axis.values},
                   {"log", axis.is_log}});
  return all;
}

}  // namespace tripartite::cli
