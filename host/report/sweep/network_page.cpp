#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/report/counted.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/summary.hpp"
#include "host/report/sweep/grid.hpp"
#include "host/report/symbols.hpp"

namespace tripartite::report {
namespace {

/// The quantities that the networks have, as the results name them.
std::vector<GridQuantity> quantities_of(const nlohmann::json& results) {
  std::vector<GridQuantity> all;
  for (const auto& each : part_at(results, "/quantities")) {
    GridQuantity quantity;
    quantity.key = text_at(each, "/key");
    const std::string unit = unit_words(text_at(each, "/unit"));
    const auto labelled = [&](const std::string& words) {
      return fmt::format("{} [{}]", words, unit.empty() ? "1" : unit);
    };
    quantity.label = labelled(text_at(each, "/words"));
    quantity.short_label = labelled(text_at(each, "/short"));
    quantity.none_is_zero = each.value("none_is_zero", false);
    if (quantity.none_is_zero || quantity.key == "median_burst_interval_s") quantity.floor_label = "none";
    if (quantity.key == "drift") {
      if (!(number_at(results, "/drifting_points") > 0)) continue;
      quantity.floor = number_at(results, "/largest_stationary_drift");
      quantity.floor_label = fmt::format("< {:g}", quantity.floor);
    }
    if (quantity.key.ends_with("amplitude_uM")) {
      quantity.floor = number_at(results, "/least_amplitude_uM");
      quantity.floor_label = fmt::format("< {:g}", quantity.floor);
    }
    all.push_back(std::move(quantity));
  }
  return all;
}

/// What is worth a sentence of a network: that it bursts or, without neurons, that somata oscillate.
struct Event {
  const char *key, *sentence;
};
Event event_of(const nlohmann::json& results) {
  if (results.contains("bursts_per_s")) return {"bursts_per_s", "The network bursts"};
  return {"soma_oscillation_frequency_per_s", "Calcium of somata oscillates"};
}

std::vector<bool> points_with(const nlohmann::json& results, const Event& event) {
  std::vector<bool> inside;
  for (const double value : values_at_points(results, event.key)) inside.push_back(value > 0);
  return inside;
}

Span span_of(const std::vector<double>& values, bool is_positive) {
  Span span;
  for (const double value : values)
    if (!is_positive || value > 0) span.include(value);
  return span;
}

std::string headline(const nlohmann::json& results) {
  const Event event = event_of(results);
  const Span span = span_of(values_at_points(results, event.key), true);
  const std::string place = place_words(results, points_with(results, event));
  std::string sentence = fmt::format("{} {}", event.sentence, place);
  if (!span.is_empty()) sentence += fmt::format(", with {}", range_words(span, "1/s"));
  if (const Span rate = span_of(values_at_points(results, "rate_per_s"), false); !rate.is_empty())
    sentence += fmt::format("; the mean rate is {}", range_words(rate, "1/s"));
  return sentence;
}

std::string result_section(const nlohmann::json& results) {
  Table table{{"quantity", "value"}, {}, false};
  add_observation(results, table);
  table.rows.push_back(
      {"networks finished",
       fmt::format("{:.0f} of {:.0f}, {:.0f} per point", number_at(results, "/finished_networks"),
                   number_at(results, "/points") * number_at(results, "/seeds"), number_at(results, "/seeds"))});
  for (const auto& each : part_at(results, "/quantities")) {
    const std::string key = text_at(each, "/key");
    if (key == "drift") continue;
    const Span span = span_of(values_at_points(results, key), each.value("none_is_zero", false));
    if (!span.is_empty())
      table.rows.push_back({symbols_html(text_at(each, "/words")), range_words(span, text_at(each, "/unit"))});
  }
  return to_html(table) + grid_notes(results);
}

}  // namespace

void write_network_sweep(const Run& run, Page& page) {
  const auto& results = part_at(run.summary, "/results");
  const bool has_points = has_grid(run);
  page.headline(has_points ? headline(results) : "No point was finished");
  if (has_points) page.section("Result", result_section(results));
  page.section("Pictures", "");
  const auto seeds = std::int64_t(std::max(1.0, number_at(results, "/seeds")));
  std::string reading = seeds > 1 ? fmt::format("Means over {} networks at each point{}. ", seeds,
                                                has_points && shows_maps(results) ? "" : "; bands: standard deviation")
                                  : std::string();
  reading += fmt::format(
      "A burst is an upward crossing by the mean rate of the middle of its range, where that covers {:g} /s or more. "
      "Calcium oscillates if it moves by {:g} µM or more and goes through two complete cycles. r is the fraction of "
      "its "
      "resources that a spike would release.",
      number_at(results, "/least_burst_per_s"), number_at(results, "/least_amplitude_uM"));
  if (has_points && shows_maps(results))
    reading += results.contains("bursts_per_s") ? " The line encloses the points with bursts; grey is zero."
                                                : " The line encloses the points that oscillate; grey is zero.";
  page.picture(fmt::format("Activity at each point over {:g} s, after a transient of {:g} s",
                           number_at(results, "/observed_s"), number_at(results, "/discarded_s")),
               reading,
               grid_picture(results, has_points ? quantities_of(results) : std::vector<GridQuantity>(),
                            has_points ? points_with(results, event_of(results)) : std::vector<bool>(),
                            part_at(results, "/deviation_over_seeds")));
}

}  // namespace tripartite::report
