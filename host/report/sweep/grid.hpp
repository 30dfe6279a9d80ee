#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/report/html.hpp"
#include "host/report/page.hpp"

/// What the pages of all sweeps have in common: results of points on a grid over one or two parameters.
namespace tripartite::report {

/// One quantity of every point: the array `key` of the results.
struct GridQuantity {
  std::string key;
  std::string label, short_label;  // with their unit: above a map, beside curves
  bool none_is_zero = false;       // 0 stands for what is not there; curves have a gap
  double floor = 0;                // of a map: values up to here have a colour of their own
  std::string floor_label = "0";
};

/// Whether results have points to show. Throws FileError unless their axes and arrays then fit together: pages take
/// them on trust from here on.
bool has_grid(const Run& run);

/// The array of a quantity; null where a point was not finished or has none is NaN.
std::vector<double> values_at_points(const nlohmann::json& results, const std::string& key);

/// "O_δ [µM/s]" of an axis
std::string axis_label(const nlohmann::json& axis);

/// " µM/s", " /s"
std::string behind_number(const std::string& unit);

/// "0.1 to 0.2 /s"
std::string range_words(const Span& span, const std::string& unit);

/// "for O_δ from 0.2 to 0.6 µM/s" where `inside` is one stretch of a single axis, else "at 12 of 27 points (44 %)".
std::string place_words(const nlohmann::json& results, const std::vector<bool>& inside);

/// Whether the picture is of maps: a second parameter with few values is drawn as curves.
bool shows_maps(const nlohmann::json& results);

/// Curves or maps of all quantities. `inside`: the points that a line encloses in maps; of unfinished ones nothing is
/// said. `deviations`: results with the same keys, which are drawn as bands about curves.
Picture grid_picture(const nlohmann::json& results, const std::vector<GridQuantity>& quantities,
                     const std::vector<bool>& inside, const nlohmann::json& deviations = {});

/// What was discarded and observed, how many points were finished and how many drift.
void add_observation(const nlohmann::json& results, Table& table);

/// Cautions, and what --check-step found.
std::string grid_notes(const nlohmann::json& results);

}  // namespace tripartite::report
