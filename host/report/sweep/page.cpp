#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "host/report/activity.hpp"
#include "host/report/axis.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/summary.hpp"
#include "host/report/sweep/map.hpp"
#include "host/report/symbols.hpp"

namespace tripartite::report {
namespace {

struct Quantity {
  const char* key;
  const char* label;
  const char* short_label;
};
constexpr Quantity frequency{"frequency_per_s", "oscillation frequency of calcium [1/s]", "freq. [1/s]"};
constexpr Quantity amplitude{"amplitude_uM", "amplitude of calcium [µM]", "ampl. [µM]"};
constexpr Quantity release{"release_per_s", "releases of gliotransmitter [1/s]", "releases [1/s]"};
constexpr Quantity probability{"probability", "r, fraction that a spike would release", "r"};
constexpr Quantity oscillating{"fraction_oscillating", "fraction of synapses that oscillate", "oscillating"};
constexpr Quantity drift{"drift", "drift: change from first to second half, relative", "drift"};

std::vector<double> values_of(const nlohmann::json& results, const Quantity& quantity) {
  return results.contains(quantity.key) ? numbers_in(results[quantity.key]) : std::vector<double>();
}

/// "O_δ [µM/s]"
std::string label_of(const nlohmann::json& axis) {
  const std::string symbol = axis.value("symbol", axis.value("name", "")), unit = unit_words(axis.value("unit", ""));
  return unit.empty() ? symbol : fmt::format("{} [{}]", symbol, unit);
}

/// " µM/s", " /s"
std::string behind_number(const std::string& given) {
  const std::string unit = unit_words(given);
  if (unit.empty()) return "";
  return unit.starts_with("1/") ? " " + unit.substr(1) : " " + unit;
}

/// The points where most synapses oscillate; of unfinished ones nothing is said.
std::vector<bool> oscillating_points(const nlohmann::json& results) {
  std::vector<bool> inside;
  for (const double fraction : values_of(results, oscillating)) inside.push_back(fraction > 0.5);
  return inside;
}

std::string range_words(const Span& span, const std::string& unit) {
  const std::string low = fmt::format("{:.3g}", span.low), high = fmt::format("{:.3g}", span.high);
  return (low == high ? low : fmt::format("{} to {}", low, high)) + behind_number(unit);
}

Span frequencies(const nlohmann::json& results) {
  Span span;
  for (const double value : values_of(results, frequency)) span.include_positive(value);
  return span;
}

std::string headline(const nlohmann::json& results) {
  const auto inside = oscillating_points(results);
  const auto count = std::size_t(std::count(inside.begin(), inside.end(), true));
  const auto finished = std::size_t(std::max(0.0, number_at(results, "/finished_points")));
  const std::string of = fmt::format("of {} {}points", finished, finished < inside.size() ? "finished " : "");
  if (count == 0) return "Calcium oscillates at none " + of;
  std::string where = fmt::format("at {} {} ({:.0f} %)", count, of, 100 * double(count) / double(finished));
  if (results["axes"].size() == 1) {
    const auto& axis = results["axes"][0];
    const auto x = numbers_in(axis["values"]);
    const auto first = std::find(inside.begin(), inside.end(), true);
    const auto end = std::find(first, inside.end(), false);
    if (count == 1)
      where = fmt::format("at {} = {:.4g}{}", axis.value("symbol", ""), x[std::size_t(first - inside.begin())],
                          behind_number(axis.value("unit", "")));
    else if (std::size_t(end - first) == count)  // one stretch
      where = fmt::format("for {} from {:.4g} to {:.4g}{}", axis.value("symbol", ""),
                          x[std::size_t(first - inside.begin())], x[std::size_t(end - inside.begin()) - 1],
                          behind_number(axis.value("unit", "")));
  }
  const Span span = frequencies(results);
  return fmt::format("Calcium oscillates {}, with {}", where, range_words(span, "1/s"));
}

std::string result_section(const nlohmann::json& results) {
  Table table{{"quantity", "value"}, {}, false};
  const auto seconds = [&](const char* pointer) { return fmt::format("{:g} s", number_at(results, pointer)); };
  std::string discarded = seconds("/discarded_s");
  if (const std::string slowest = text_at(results, "/slowest_time_constant"); !slowest.empty())
    discarded += fmt::format(" (slowest time constant: {})", escape(slowest));
  table.rows.push_back({"discarded as transient", discarded});
  table.rows.push_back({"observed", seconds("/observed_s")});
  table.rows.push_back({"points finished", fmt::format("{:.0f} of {:.0f}", number_at(results, "/finished_points"),
                                                       number_at(results, "/points"))});
  table.rows.push_back({"points that still drift", number(number_at(results, "/drifting_points"))});
  for (const auto& [quantity, unit] :
       {std::pair(frequency, "1/s"), std::pair(release, "1/s"), std::pair(probability, "")}) {
    Span span;
    for (const double value : values_of(results, quantity))
      if (quantity.key != frequency.key || value > 0) span.include(value);
    if (!span.is_empty()) table.rows.push_back({escape(quantity.label), range_words(span, unit)});
  }
  std::string html = to_html(table);
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

constexpr std::size_t most_lines = 4;  // a second parameter with at most this many values is drawn as lines

std::vector<Quantity> shown_quantities(const nlohmann::json& results) {
  std::vector<Quantity> shown{frequency, amplitude, release, probability};
  if (number_at(results, "/synapses_per_point") > 1) shown.push_back(oscillating);
  if (number_at(results, "/drifting_points") > 0) shown.push_back(drift);
  return shown;
}

Picture lines(const nlohmann::json& results) {
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
  for (const Quantity& quantity : shown_quantities(results)) {
    std::vector<double> values = values_of(results, quantity);
    if (values.size() != names.size() * x.size()) continue;
    if (quantity.key == frequency.key)  // what does not oscillate has none
      std::replace(values.begin(), values.end(), 0.0, std::numeric_limits<double>::quiet_NaN());
    TraceRow row{quantity.short_label, names, {}};
    for (auto first = values.begin(); first != values.end(); first += std::ptrdiff_t(x.size()))
      row.curves.emplace_back(first, first + std::ptrdiff_t(x.size()));
    rows.push_back(std::move(row));
  }
  return trace_picture(x, rows, {label_of(axes[0]), axes[0].value("log", false)});
}

Picture maps(const nlohmann::json& results) {
  const auto axis = [&](std::size_t i) {
    const auto& given = results["axes"][i];
    return GridAxis{label_of(given), numbers_in(given["values"]), given.value("log", false)};
  };
  const GridAxis x = axis(0), y = axis(1);
  const auto finished = std::size_t(std::max(0.0, number_at(results, "/finished_points")));
  const std::size_t shown = finished / x.values.size() * x.values.size();  // complete rows
  std::vector<GridMap> all;
  for (const Quantity& quantity : shown_quantities(results)) {
    GridMap map{quantity.label, values_of(results, quantity), 0, "0"};
    if (map.values.size() < shown) continue;
    map.values.resize(shown);
    if (quantity.key == amplitude.key) {
      map.floor = number_at(results, "/least_amplitude_uM");
      map.floor_label = fmt::format("< {:g}", map.floor);
    }
    if (quantity.key == drift.key) {
      map.floor = number_at(results, "/largest_stationary_drift");
      map.floor_label = fmt::format("< {:g}", map.floor);
    }
    all.push_back(std::move(map));
  }
  auto inside = oscillating_points(results);
  inside.resize(shown);
  return grid_maps(x, y, all, inside);
}

Picture picture(const nlohmann::json& results) {
  if (!results.contains("axes") || results["axes"].empty() || !(number_at(results, "/finished_points") > 0))
    return Absent{"No point of this sweep was finished."};
  const bool has_lines = results["axes"].size() == 1 || results["axes"][1]["values"].size() <= most_lines;
  return has_lines ? lines(results) : maps(results);
}

}  // namespace

void write_sweep(const Run& run, Page& page) {
  const auto& results = part_at(run.summary, "/results");
  const bool has_points = results.contains("axes") && number_at(results, "/finished_points") > 0;
  page.headline(has_points ? headline(results) : "No point was finished");
  if (has_points) page.section("Result", result_section(results));
  page.section("Pictures", "");
  const bool is_map = has_points && results["axes"].size() > 1 && results["axes"][1]["values"].size() > most_lines;
  page.picture(
      fmt::format("Activity at each point over {:g} s, after a transient of {:g} s", number_at(results, "/observed_s"),
                  number_at(results, "/discarded_s")),
      fmt::format("Means over the synapses of each point. Calcium oscillates if it moves by {:g} µM or more and goes "
                  "through two complete cycles; the frequency is the inverse of the mean time from one upward crossing "
                  "of the middle of its range to the next.{}",
                  number_at(results, "/least_amplitude_uM"),
                  is_map ? " The line encloses the points where it oscillates; grey is zero." : ""),
      picture(results));
}

}  // namespace tripartite::report
