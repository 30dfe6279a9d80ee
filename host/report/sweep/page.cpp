#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/summary.hpp"
#include "host/report/sweep/grid.hpp"

namespace tripartite::report {
namespace {

const GridQuantity frequency{"frequency_per_s", "oscillation frequency of calcium [1/s]", "freq. [1/s]", true};
const GridQuantity amplitude{"amplitude_uM", "amplitude of calcium [µM]", "ampl. [µM]"};
const GridQuantity release{"release_per_s", "releases of gliotransmitter [1/s]", "releases [1/s]"};
const GridQuantity probability{"probability", "r, fraction that a spike would release [1]", "r [1]"};
const GridQuantity oscillating{"fraction_oscillating", "fraction of synapses that oscillate [1]", "oscillating [1]"};
const GridQuantity drift{"drift", "drift: change from first to second half, relative [1]", "drift [1]"};

/// The points where most synapses oscillate; of unfinished ones nothing is said.
std::vector<bool> oscillating_points(const nlohmann::json& results) {
  std::vector<bool> inside;
  for (const double fraction : values_at_points(results, oscillating.key)) inside.push_back(fraction > 0.5);
  return inside;
}

std::string headline(const nlohmann::json& results) {
  const auto inside = oscillating_points(results);
  const std::string sentence = "Calcium oscillates " + place_words(results, inside);
  Span span;
  for (const double value : values_at_points(results, frequency.key)) span.include_positive(value);
  return span.is_empty() ? sentence : fmt::format("{}, with {}", sentence, range_words(span, "1/s"));
}

std::string result_section(const nlohmann::json& results) {
  Table table{{"quantity", "value"}, {}, false};
  add_observation(results, table);
  for (const auto& [quantity, unit] :
       {std::pair(&frequency, "1/s"), std::pair(&release, "1/s"), std::pair(&probability, "")}) {
    Span span;
    for (const double value : values_at_points(results, quantity->key))
      if (!quantity->none_is_zero || value > 0) span.include(value);
    if (!span.is_empty()) table.rows.push_back({escape(quantity->label), range_words(span, unit)});
  }
  return to_html(table) + grid_notes(results);
}

std::vector<GridQuantity> shown_quantities(const nlohmann::json& results) {
  const auto with_floor = [&](GridQuantity quantity, const char* pointer) {
    quantity.floor = number_at(results, pointer);
    quantity.floor_label = fmt::format("< {:g}", quantity.floor);
    return quantity;
  };
  std::vector<GridQuantity> shown{frequency, with_floor(amplitude, "/least_amplitude_uM"), release, probability};
  if (number_at(results, "/synapses_per_point") > 1) shown.push_back(oscillating);
  if (number_at(results, "/drifting_points") > 0) shown.push_back(with_floor(drift, "/largest_stationary_drift"));
  return shown;
}

}  // namespace

void write_sweep(const Run& run, Page& page) {
  const auto& results = part_at(run.summary, "/results");
  const bool has_points = has_grid(run);
  page.headline(has_points ? headline(results) : "No point was finished");
  if (has_points) page.section("Result", result_section(results));
  page.section("Pictures", "");
  page.picture(
      fmt::format("Activity at each point over {:g} s, after a transient of {:g} s", number_at(results, "/observed_s"),
                  number_at(results, "/discarded_s")),
      fmt::format(
          "Means over the synapses of each point. Calcium oscillates if it moves by {:g} µM or more and goes "
          "through two complete cycles; the frequency is the inverse of the mean time from one upward crossing "
          "of the middle of its range to the next.{}",
          number_at(results, "/least_amplitude_uM"),
          has_points && shows_maps(results) ? " The line encloses the points where it oscillates; grey is zero." : ""),
      grid_picture(results, has_points ? shown_quantities(results) : std::vector<GridQuantity>(),
                   has_points ? oscillating_points(results) : std::vector<bool>()));
}

}  // namespace tripartite::report
