#include "host/report/sweep/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/report/activity.hpp"
#include "host/report/summary.hpp"
#include "host/report/sweep/map.hpp"
#include "host/report/symbols.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report {
namespace {

constexpr std::size_t most_lines = 4;  // a second parameter with at most this many values is drawn as lines

/// Whether there is nothing to see: no value beyond the floor.
bool is_nothing(const std::vector<double>& values, double floor) {
  return std::none_of(values.begin(), values.end(), [&](double value) { return value < 0 || value > floor; });
}

/// Points without a neighbour, which a line would not show.
Marks lone_points(const std::vector<double>& x, const std::vector<double>& values, std::size_t curve) {
  const auto is_there = [&](std::size_t i) { return i < values.size() && std::isfinite(values[i]); };
  Marks dots{curve, {}, {}, "single point"};
  for (std::size_t i = 0; i < values.size(); ++i)
    if (is_there(i) && !is_there(i + 1) && (i == 0 || !is_there(i - 1))) {
      dots.x.push_back(x[i]);
      dots.y.push_back(values[i]);
    }
  return dots;
}

Picture lines(const nlohmann::json& results, const std::vector<GridQuantity>& quantities,
              const nlohmann::json& deviations) {
  const auto& axes = results["axes"];
  const auto x = numbers_in(axes[0]["values"]);
  std::vector<std::string> names{""};
  if (axes.size() > 1) {
    names.clear();
    for (const double value : numbers_in(axes[1]["values"]))
      names.push_back(
          fmt::format("{} = {:g}{}", axes[1].value("symbol", ""), value, behind_number(axes[1].value("unit", ""))));
  }
  std::vector<TraceRow> rows;
  for (const GridQuantity& quantity : quantities) {
    std::vector<double> values = values_at_points(results, quantity.key);
    if (values.size() != names.size() * x.size()) continue;
    if (is_nothing(values, quantity.floor)) continue;
    if (quantity.none_is_zero)
      std::replace(values.begin(), values.end(), 0.0, std::numeric_limits<double>::quiet_NaN());
    const std::vector<double> deviation = values_at_points(deviations, quantity.key);
    TraceRow row{quantity.short_label, names, {}};
    for (std::size_t first = 0; first < values.size(); first += x.size()) {
      const auto part = [&](double sign) {
        std::vector<double> curve;
        for (std::size_t i = first; i < first + x.size(); ++i)
          curve.push_back(values[i] + (sign != 0 && std::isfinite(deviation[i]) ? sign * deviation[i] : 0));
        return curve;
      };
      row.curves.push_back(part(0));
      if (const Marks dots = lone_points(x, row.curves.back(), row.curves.size() - 1); !dots.x.empty())
        row.marks.push_back(dots);
      if (deviation.size() != values.size()) continue;
      row.low.push_back(part(-1));
      row.high.push_back(part(1));
    }
    rows.push_back(std::move(row));
  }
  return trace_picture(x, rows, {axis_label(axes[0]), axes[0].value("log", false)});
}

Picture maps(const nlohmann::json& results, const std::vector<GridQuantity>& quantities, std::vector<bool> inside) {
  const auto axis = [&](std::size_t i) {
    const auto& given = results["axes"][i];
    return GridAxis{axis_label(given), numbers_in(given["values"]), given.value("log", false)};
  };
  const GridAxis x = axis(0), y = axis(1);
  const auto finished = std::size_t(std::max(0.0, number_at(results, "/finished_points")));
  const std::size_t shown = finished / x.values.size() * x.values.size();  // complete rows
  std::vector<GridMap> all;
  for (const GridQuantity& quantity : quantities) {
    GridMap map{quantity.label, values_at_points(results, quantity.key), quantity.floor, quantity.floor_label};
    if (map.values.size() < shown) continue;
    map.values.resize(shown);
    if (is_nothing(map.values, map.floor)) continue;
    all.push_back(std::move(map));
  }
  inside.resize(shown);
  return grid_maps(x, y, all, inside);
}

}  // namespace

bool has_grid(const Run& run) {
  const auto& results = part_at(run.summary, "/results");
  const double finished = number_at(results, "/finished_points");
  if (!results.contains("axes") || !(finished > 0)) return false;
  const auto require = [&](bool holds, const std::string& expected) {
    if (!holds) throw FileError(fmt::format("{}: results.{}", (run.directory / "summary.json").string(), expected));
  };
  const auto& axes = part_at(results, "/axes");
  require(axes.is_array() && (axes.size() == 1 || axes.size() == 2), "axes: expected one or two axes");
  std::size_t points = 1;
  for (const auto& axis : axes) {
    require(axis.is_object(), "axes: expected objects");
    for (const char* key : {"name", "symbol", "unit"})
      require(!axis.contains(key) || axis.at(key).is_string(), fmt::format("axes: {}: expected text", key));
    require(!axis.contains("log") || axis.at("log").is_boolean(), "axes: log: expected true or false");
    const bool is_log = axis.value("log", false);
    const auto values = numbers_in(part_at(axis, "/values"));
    require(part_at(axis, "/values").is_array() && !values.empty(), "axes: values: expected a list of numbers");
    for (const double value : values)
      require(std::isfinite(value) && (!is_log || value > 0),
              fmt::format("axes: values: {}: expected a number{}", value, is_log ? " above 0" : ""));
    points *= values.size();
  }
  require(finished <= double(points), fmt::format("finished_points = {}: expected at most {}", finished, points));
  for (const auto& [key, values] : results.items())
    require(!values.is_array() || key == "axes" || key == "quantities" || key == "cautions" || values.size() <= points,
            fmt::format("{}: {} values for {} points", key, values.size(), points));
  return true;
}

std::vector<double> values_at_points(const nlohmann::json& results, const std::string& key) {
  return results.contains(key) ? numbers_in(results[key]) : std::vector<double>();
}

std::string axis_label(const nlohmann::json& axis) {
  const std::string symbol = axis.value("symbol", axis.value("name", "")), unit = axis.value("unit", "");
  return unit.empty() ? symbol : fmt::format("{} [{}]", symbol, unit == "1" ? unit : unit_words(unit));
}

std::string behind_number(const std::string& given) {
  const std::string unit = unit_words(given);
  if (unit.empty()) return "";
  return unit.starts_with("1/") ? " " + unit.substr(1) : " " + unit;
}

std::string range_words(const Span& span, const std::string& unit) {
  const std::string low = fmt::format("{:.3g}", span.low), high = fmt::format("{:.3g}", span.high);
  return (low == high ? low : fmt::format("{} to {}", low, high)) + behind_number(unit);
}

std::string place_words(const nlohmann::json& results, const std::vector<bool>& inside) {
  const auto count = std::size_t(std::count(inside.begin(), inside.end(), true));
  const auto finished = std::size_t(std::max(0.0, number_at(results, "/finished_points")));
  const std::string of = fmt::format("of {} {}points", finished, finished < inside.size() ? "finished " : "");
  if (count == 0) return "at none " + of;
  if (results["axes"].size() == 1) {
    const auto& axis = results["axes"][0];
    const auto x = numbers_in(axis["values"]);
    const auto first = std::find(inside.begin(), inside.end(), true);
    const auto end = std::find(first, inside.end(), false);
    if (count == 1)
      return fmt::format("at {} = {:.4g}{}", axis.value("symbol", ""), x[std::size_t(first - inside.begin())],
                         behind_number(axis.value("unit", "")));
    if (std::size_t(end - first) == count)  // one stretch
      return fmt::format("for {} from {:.4g} to {:.4g}{}", axis.value("symbol", ""),
                         x[std::size_t(first - inside.begin())], x[std::size_t(end - inside.begin()) - 1],
                         behind_number(axis.value("unit", "")));
  }
  return fmt::format("at {} {} ({:.0f} %)", count, of, 100 * double(count) / double(finished));
}

bool shows_maps(const nlohmann::json& results) {
  return results.contains("axes") && results["axes"].size() > 1 && results["axes"][1]["values"].size() > most_lines;
}

Picture grid_picture(const nlohmann::json& results, const std::vector<GridQuantity>& quantities,
                     const std::vector<bool>& inside, const nlohmann::json& deviations) {
  if (!results.contains("axes") || results["axes"].empty() || !(number_at(results, "/finished_points") > 0))
    return Absent{"No point of this sweep was finished."};
  return shows_maps(results) ? maps(results, quantities, inside) : lines(results, quantities, deviations);
}

void add_observation(const nlohmann::json& results, Table& table) {
  const auto seconds = [&](const char* pointer) { return fmt::format("{:g} s", number_at(results, pointer)); };
  std::string discarded = seconds("/discarded_s");
  if (const std::string slowest = text_at(results, "/slowest_time_constant"); !slowest.empty())
    discarded += fmt::format(" (slowest time constant: {})", escape(slowest));
  table.rows.push_back({"discarded as transient", discarded});
  table.rows.push_back({"observed", seconds("/observed_s")});
  table.rows.push_back({"points finished", fmt::format("{:.0f} of {:.0f}", number_at(results, "/finished_points"),
                                                       number_at(results, "/points"))});
  table.rows.push_back({"points that still drift", number(number_at(results, "/drifting_points"))});
}

std::string grid_notes(const nlohmann::json& results) {
  std::string html;
  for (const auto& caution : part_at(results, "/cautions"))
    if (caution.is_string()) html += fmt::format("<p class=\"note\">{}.</p>\n", escape(caution.get<std::string>()));
  if (const auto& check = part_at(results, "/step_check/differences"); !check.empty()) {
    Table differences{{"quantity", "this run", "finer", "difference, of the largest value"}, {}, false};
    for (const auto& each : check)
      differences.rows.push_back({escape(text_at(each, "/quantity")),
                                  number(number_at(each, "/value")) + " " + escape(text_at(each, "/unit")),
                                  number(number_at(each, "/finer")) + " " + escape(text_at(each, "/unit")),
                                  percent(number_at(each, "/relative_difference"))});
    html += fmt::format("<p>The same with {}, at the point where each quantity differs most:</p>\n",
                        escape(text_at(results, "/step_check/how"))) +
            to_html(differences);
  }
  return html;
}

}  // namespace tripartite::report
