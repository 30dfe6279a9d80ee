#pragma once

#include <string>
#include <vector>

#include "host/report/page.hpp"

namespace tripartite::report {

/// One axis of the grid of a sweep.
struct GridAxis {
  std::string label;  // with its unit
  std::vector<double> values;
  bool is_log = false;
};

/// One quantity over the grid.
struct GridMap {
  std::string label;           // with its unit
  std::vector<double> values;  // [y][x], of complete rows
  double floor = 0;            // values up to here have a colour of their own
  std::string floor_label = "0";
};

/// Maps side by side, two per row. The edge of the points where `inside` holds is drawn into each of them.
Picture grid_maps(const GridAxis& x, const GridAxis& y, const std::vector<GridMap>& maps,
                  const std::vector<bool>& inside);

}  // namespace tripartite::report
