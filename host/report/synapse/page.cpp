#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/report/activity.hpp"
#include "host/report/course.hpp"
#include "host/report/html.hpp"
#include "host/report/means.hpp"
#include "host/report/model_states.hpp"
#include "host/report/pages.hpp"
#include "host/report/recorded.hpp"
#include "host/report/summary.hpp"
#include "host/report/symbols.hpp"
#include "host/report/synapse/drive.hpp"

namespace tripartite::report {
namespace {

constexpr std::size_t most_populations = 6, most_curves = 5, most_lines = 20;

/// What a run left, read once.
struct SynapseRun {
  const Run& run;
  States states;
  std::vector<Recorded> recorded;
  Means means;
  std::optional<io::Spikes> releases;
  double synapses, simulated;
  std::size_t populations;

  explicit SynapseRun(const Run& of)
      : run(of),
        states(synapse_states(of.summary)),
        recorded(read_recorded(of.directory, states.order())),
        means(of.directory),
        releases(read_releases(of.directory)),
        synapses(number_at(of.summary, "/results/synapses")),
        simulated(number_at(of.summary, "/results/simulated_s")),
        populations(part_at(of.summary, "/results/populations").size()) {}

  Span span() const { return {0, simulated}; }
  const Recorded* calcium() const { return find_field(recorded, states.calcium); }
  std::vector<double> release_times(std::uint64_t synapse) const {
    std::vector<double> times;
    for (std::size_t k = 0; releases && k < releases->times.size(); ++k)
      if (releases->nodes[k] == synapse) times.push_back(releases->times[k]);
    return times;
  }
};

TraceRow calcium_row(const SynapseRun& synapses, const Recorded& field, const std::vector<std::size_t>& columns) {
  TraceRow row = row_of(field, columns, "synapse");
  if (const auto threshold = common_threshold(synapses.run.summary)) row.levels.push_back({*threshold, "C_Θ"});
  if (synapses.releases) mark_events(*synapses.releases, field, columns, "release", row);
  return row;
}

/// In the order of cause and effect: drive, release, glutamate, astrocyte, gliotransmitter, presynaptic receptors.
void draw_single(const SynapseRun& synapses, Page& page) {
  if (synapses.recorded.empty()) return;
  const Recorded* calcium = synapses.calcium();
  const Recorded& chooser = calcium != nullptr ? *calcium : synapses.recorded.front();
  const Chosen chosen = choose_different(chooser, most_curves, "synapse");
  std::vector<std::uint64_t> ids;
  for (const std::size_t c : chosen.columns) ids.push_back(chooser.ids[c]);
  auto rows = synapse::drive_rows(synapses.run, chooser.time, ids);
  const auto released = synapses.means.curve("/mean/r");
  for (const Recorded& field : synapses.recorded) {
    if (field.ids != chooser.ids) continue;
    rows.push_back(&field == calcium ? calcium_row(synapses, field, chosen.columns)
                                     : row_of(field, chosen.columns, "synapse"));
    if (field.field == "x" && synapses.synapses == 1 && released.size() == field.time.size())
      rows.push_back({"r [1]", {}, {released}});
  }
  std::string reading = "Top to bottom, from cause to effect. ";
  for (const Recorded& field : synapses.recorded)
    reading += fmt::format("{}: {}; ", symbol_of(field.field), synapses.states.meaning(field.field));
  if (synapses.synapses == 1 && !released.empty()) reading += "r: fraction of the resources that a spike releases; ";
  reading.replace(reading.size() - 2, 2, ". ");
  if (calcium != nullptr)
    reading += "Dots on calcium: releases of gliotransmitter, where it crosses the threshold C_Θ upwards. ";
  page.picture(synapses.synapses == 1 ? "The synapse" : "Single synapses", reading + chosen.why,
               trace_picture(chooser.time, rows, {"time [s]", false, synapses.span()}));
}

/// Means over synapses, with a band of one standard deviation.
void draw_means(const SynapseRun& synapses, Page& page) {
  if (synapses.synapses <= 1 || synapses.means.time().size() < 2) return;
  std::vector<TraceRow> rows;
  for (const std::string& state :
       {std::string("r"), synapses.states.ip3, synapses.states.calcium, std::string("Gamma_S")}) {
    TraceRow row{with_unit(state, synapses.states.unit(state)), {}, {}};
    const auto add = [&](const std::string& mean, const std::string& deviation) {
      const auto middle = synapses.means.curve(mean), spread = synapses.means.curve(deviation);
      if (middle.size() != synapses.means.time().size()) return;
      row.curves.push_back(middle);
      if (spread.size() != middle.size()) return;
      row.low.emplace_back(), row.high.emplace_back();
      for (std::size_t k = 0; k < middle.size(); ++k) {
        row.low.back().push_back(middle[k] - spread[k]);
        row.high.back().push_back(middle[k] + spread[k]);
      }
    };
    if (synapses.populations <= 1) add("/mean/" + state, "/deviation/" + state);
    for (std::size_t k = 0; synapses.populations > 1 && k < std::min(synapses.populations, most_populations); ++k) {
      row.names.push_back(fmt::format("population {}", k));
      add(fmt::format("/populations/{}/{}", k, state), fmt::format("/populations/{}/deviation/{}", k, state));
    }
    if (const auto threshold = common_threshold(synapses.run.summary); threshold && state == synapses.states.calcium)
      row.levels.push_back({*threshold, "C_Θ"});
    if (!row.curves.empty()) rows.push_back(std::move(row));
  }
  page.picture("The population",
               "Mean over synapses; band: one standard deviation between synapses to either side. r: fraction of the "
               "resources that a spike releases.",
               trace_picture(synapses.means.time(), rows, {"time [s]", false, synapses.span()}));
}

/// Means over synapses and the second half of the run.
std::string state_table(const SynapseRun& synapses) {
  if (synapses.means.time().size() < 2) return {};
  const bool are_many = synapses.synapses > 1;
  Table table{{"state", "unit", "mean", "lowest", "highest", "at the end", "meaning"}, {}, true};
  if (are_many) table.head.insert(table.head.begin() + 3, "between synapses");
  const auto add = [&](const std::string& state, const std::string& meaning) {
    const auto mean = synapses.means.curve("/mean/" + state), deviation = synapses.means.curve("/deviation/" + state);
    if (mean.size() != synapses.means.time().size()) return;
    const Course course = course_of(mean);
    const std::string unit = unit_words(synapses.states.unit(state));
    std::vector<std::string> row{symbols_html(symbol_of(state)),
                                 unit.empty() ? "1" : escape(unit),
                                 number(course.mean),
                                 number(course.low),
                                 number(course.high),
                                 number(mean.back()),
                                 escape(meaning)};
    if (are_many)
      row.insert(row.begin() + 3,
                 deviation.size() == mean.size() ? "± " + number(course_of(deviation).mean) : number(NAN));
    table.rows.push_back(std::move(row));
  };
  for (const std::string_view state : synapses.states.order()) {
    add(std::string(state), synapses.states.meaning(state));
    if (state == "x") add("r", "fraction of the resources that a spike releases");
  }
  return fmt::format("<p class=\"reading\">{}Means, lowest and highest values are of the second half of the run.</p>\n",
                     are_many ? "Means over synapses; ±: mean standard deviation between them. " : "") +
         to_html(table);
}

/// Frequency, amplitude and mean of calcium, synapse by synapse.
std::string calcium_table(const SynapseRun& synapses) {
  const Recorded* calcium = synapses.calcium();
  if (calcium == nullptr) return {};
  const std::string symbol = symbols_html(symbol_of(calcium->field));
  Table table{{"synapse", "frequency of " + symbol + " [1/s]", "amplitude of " + symbol + " [µM]",
               "mean of " + symbol + " [µM]", "releases", "releases [1/s]"},
              {},
              false};
  for (std::size_t i = 0; i < std::min(most_lines, calcium->ids.size()); ++i) {
    const Course course = course_of(calcium->curves[i]);
    const double frequency = calcium_frequency(calcium->time, calcium->curves[i]);
    const auto releases = synapses.release_times(calcium->ids[i]);
    table.rows.push_back({fmt::format("{}", calcium->ids[i]), frequency > 0 ? number(frequency) : "does not oscillate",
                          number(course.amplitude()), number(course.mean), fmt::format("{}", releases.size()),
                          number(double(releases.size()) / synapses.simulated)});
  }
  return fmt::format(
             "<h3>Calcium of the recorded synapses</h3>\n<p class=\"reading\">Second half of the run; releases: the "
             "whole run. {}{}</p>\n",
             words_of_oscillation(),
             calcium->ids.size() > most_lines ? fmt::format(" The first {} of {}.", most_lines, calcium->ids.size())
                                              : "") +
         to_html(table);
}

std::string population_table(const SynapseRun& synapses) {
  const auto& populations = part_at(synapses.run.summary, "/results/populations");
  if (populations.size() < 2) return {};
  const std::string calcium = symbols_html(symbol_of(synapses.states.calcium));
  Table table{{"population", "synapses", "releases per synapse [1/s]", "mean of " + calcium + " [µM]",
               symbols_html("mean of Γ_S [1]"), "mean of r [1]"},
              {},
              false};
  for (std::size_t k = 0; k < populations.size(); ++k) {
    const auto mean = [&](const std::string& state) {
      const auto curve = synapses.means.curve(fmt::format("/populations/{}/{}", k, state));
      const auto spread = synapses.means.curve(fmt::format("/populations/{}/deviation/{}", k, state));
      if (curve.size() != synapses.means.time().size() || curve.empty()) return number(NAN);
      const std::string words = number(course_of(curve).mean);
      return spread.size() == curve.size() ? words + " ± " + number(course_of(spread).mean) : words;
    };
    table.rows.push_back({fmt::format("{}", k), number(number_at(populations[k], "/synapses")),
                          number(number_at(populations[k], "/release_rate_per_s")), mean(synapses.states.calcium),
                          mean("Gamma_S"), mean("r")});
  }
  return "<h3>Populations</h3>\n<p class=\"reading\">Second half of the run; ±: standard deviation between "
         "synapses.</p>\n" +
         to_html(table);
}

std::string headline(const SynapseRun& synapses) {
  const double releases = number_at(synapses.run.summary, "/results/releases");
  const Recorded* calcium = synapses.calcium();
  const std::string count = fmt::format("{:.0f} release{} of gliotransmitter", releases, releases == 1 ? "" : "s");
  if (synapses.synapses == 1) {
    std::string course;
    if (calcium != nullptr && calcium->time.size() > 1) {
      const Course found = course_of(calcium->curves.front());
      const double frequency = calcium_frequency(calcium->time, calcium->curves.front());
      course = frequency > 0 ? fmt::format("calcium oscillates at {} /s with an amplitude of {} µM", number(frequency),
                                           number(found.amplitude()))
                             : fmt::format("calcium does not oscillate and is {} µM on average", number(found.mean));
    }
    return fmt::format("{} in {:g} s of one tripartite synapse{}{}", count, synapses.simulated,
                       course.empty() ? "" : "; ", course);
  }
  return fmt::format("{} in {:g} s by {:.0f} of {:.0f} tripartite synapses, {} /s each", count, synapses.simulated,
                     number_at(synapses.run.summary, "/results/releasing_synapses"), synapses.synapses,
                     number(number_at(synapses.run.summary, "/results/release_rate_per_s")));
}

}  // namespace

void write_synapse(const Run& run, Page& page) {
  const SynapseRun synapses(run);
  if (!std::isfinite(synapses.synapses)) {
    page.headline("The run ended before it had a result");
    return;
  }
  page.headline(headline(synapses));
  draw_single(synapses, page);
  draw_means(synapses, page);
  if (synapses.releases && synapses.synapses > 1)
    page.picture("Releases of gliotransmitter",
                 synapses.releases->times.size() > most_raster_dots
                     ? "Colour: number of releases in a cell of the picture; below, releases per synapse and second."
                     : "Each dot is one release; below, releases per synapse and second.",
                 raster_picture(*synapses.releases, synapses.simulated, std::uint64_t(synapses.synapses), "synapse"));
  if (const std::string tables = state_table(synapses) + population_table(synapses) + calcium_table(synapses);
      !tables.empty())
    page.section("In numbers", tables);
}

}  // namespace tripartite::report
