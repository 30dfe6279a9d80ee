#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/report/activity.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report {
namespace {

struct Quantity {
  const char* key;
  const char* label;
  const char* short_label;
};
constexpr Quantity quantities[] = {{"frequency_per_s", "oscillation frequency of calcium [1/s]", "freq. [1/s]"},
                                   {"amplitude_uM", "amplitude of calcium [uM]", "ampl. [uM]"},
                                   {"release_per_s", "releases of gliotransmitter [1/s]", "releases [1/s]"},
                                   {"probability", "r, fraction that a spike would release", "r"},
                                   {"fraction_oscillating", "fraction oscillating", "oscillating"}};

std::vector<double> list(const nlohmann::json& object, const char* key) {
  std::vector<double> values;
  if (object.contains(key))
    for (const auto& value : object[key]) values.push_back(value.is_number() ? value.get<double>() : 0);
  return values;
}

constexpr std::size_t most_lines = 4;  // a second parameter with at most this many values is drawn as lines

Picture lines(const nlohmann::json& results, const std::vector<double>& x, const std::string& x_label) {
  const auto& axes = results["axes"];
  std::vector<std::string> names{""};
  if (axes.size() > 1) {
    names.clear();
    for (const double value : list(axes[1], "values"))
      names.push_back(fmt::format("{} = {:g}", axes[1].value("name", ""), value));
  }
  std::vector<TraceRow> rows;
  for (const Quantity& quantity : quantities) {
    const std::vector<double> values = list(results, quantity.key);
    if (values.size() != names.size() * x.size()) continue;
    TraceRow row{quantity.short_label, names, {}};
    for (auto first = values.begin(); first != values.end(); first += std::ptrdiff_t(x.size()))
      row.curves.emplace_back(first, first + std::ptrdiff_t(x.size()));
    rows.push_back(std::move(row));
  }
  return trace_picture(x, rows, {x_label, axes[0].value("log", false)});
}

Picture maps(const Run& run) {
  const auto& results = part_at(run.summary, "/results");
  if (!results.contains("axes") || results["axes"].empty()) return Absent{"This sweep was not finished."};
  const auto& axes = results["axes"];
  const auto x = list(axes[0], "values");
  const std::string x_label = axes[0].value("name", "");
  const bool has_lines = axes.size() == 1 || axes[1]["values"].size() <= most_lines;
  if (has_lines) return lines(results, x, x_label);
  std::vector<Map> all;
  for (const Quantity& quantity : quantities) {
    Map map{quantity.label,           x, list(axes[1], "values"), list(results, quantity.key), x_label,
            axes[1].value("name", "")};
    map.log_x = axes[0].value("log", false);
    map.log_y = axes[1].value("log", false);
    if (map.values.size() == map.x.size() * map.y.size()) all.push_back(std::move(map));
  }
  return map_picture(all);
}

}  // namespace

void write_sweep(const Run& run, Page& page) {
  page.headline(fmt::format("Calcium oscillates at {:.0f} of {:.0f} points",
                            number_at(run.summary, "/results/oscillating_points"),
                            number_at(run.summary, "/results/points")));
  page.section("Pictures", "");
  page.picture(
      "Activity at each point in the second half of the run",
      "Means over the ensemble of each point. A synapse oscillates if its calcium moves by more than 0.05 uM and "
      "crosses the middle of its range at least twice.",
      maps(run));
}

}  // namespace tripartite::report
