#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/report/activity.hpp"
#include "host/report/course.hpp"
#include "host/report/html.hpp"
#include "host/report/model_states.hpp"
#include "host/report/pages.hpp"
#include "host/report/recorded.hpp"
#include "host/report/summary.hpp"
#include "host/report/symbols.hpp"

namespace tripartite::report {
namespace {

constexpr std::size_t most_curves = 5, most_lines = 20;

/// What a run left, read once.
struct AstrocyteRun {
  States states;
  std::vector<Recorded> recorded;
  io::Spikes crossings;
  std::optional<double> threshold;  // [µM] C_Θ
  double astrocytes, simulated;

  explicit AstrocyteRun(const Run& run)
      : states(astrocyte_states(run.summary)),
        recorded(read_recorded(run.directory, states.order())),
        threshold(common_threshold(run.summary)),
        astrocytes(number_at(run.summary, "/results/astrocytes")),
        simulated(number_at(run.summary, "/results/simulated_s")) {
    if (const auto path = run.directory / "crossings.h5"; std::filesystem::exists(path))
      crossings = io::read_sonata_spikes(path);
  }
  const Recorded* calcium() const { return find_field(recorded, states.calcium); }
};

void draw_single(const AstrocyteRun& cells, Page& page) {
  const Recorded* calcium = cells.calcium();
  if (calcium == nullptr) return;
  const Chosen chosen = choose_different(*calcium, most_curves, "astrocyte");
  std::vector<TraceRow> rows;
  std::string reading;
  for (const Recorded& field : cells.recorded) {
    if (field.ids != calcium->ids) continue;
    TraceRow row = row_of(field, chosen.columns, "astrocyte");
    if (&field == calcium) {
      if (cells.threshold) row.levels.push_back({*cells.threshold, "C_Θ"});
      mark_events(cells.crossings, field, chosen.columns, "crossing of C_Θ", row);
    }
    rows.push_back(std::move(row));
    reading +=
        fmt::format("{}{}: {}", reading.empty() ? "" : "; ", symbol_of(field.field), cells.states.meaning(field.field));
  }
  page.picture(cells.astrocytes == 1 ? "The astrocyte" : "Single astrocytes",
               reading + ". Dots on calcium: upward crossings of the threshold C_Θ, above which the current flows. " +
                   chosen.why,
               trace_picture(calcium->time, rows, {"time [s]", false, {0, cells.simulated}}));
}

std::string cell_table(const AstrocyteRun& cells) {
  const Recorded* calcium = cells.calcium();
  if (calcium == nullptr || calcium->time.size() < 2) return {};
  const Recorded* current = find_field(cells.recorded, "I_SIC");
  const std::string symbol = symbols_html(symbol_of(calcium->field));
  Table table{{"astrocyte", "frequency of " + symbol + " [1/s]", "amplitude of " + symbol + " [µM]",
               "mean of " + symbol + " [µM]", symbols_html("crossings of C_Θ"), symbols_html("mean of I_SIC [pA]"),
               symbols_html("largest I_SIC [pA]")},
              {},
              false};
  for (std::size_t i = 0; i < std::min(most_lines, calcium->ids.size()); ++i) {
    const Course course = course_of(calcium->curves[i]);
    const double frequency = calcium_frequency(calcium->time, calcium->curves[i]);
    const auto crossings = std::count(cells.crossings.nodes.begin(), cells.crossings.nodes.end(), calcium->ids[i]);
    const Course flow = current == nullptr ? Course{NAN, NAN, NAN} : course_of(current->curves[i]);
    table.rows.push_back({fmt::format("{}", calcium->ids[i]), frequency > 0 ? number(frequency) : "does not oscillate",
                          number(course.amplitude()), number(course.mean), fmt::format("{}", crossings),
                          number(flow.mean), number(flow.high)});
  }
  return fmt::format("<p class=\"reading\">Second half of the run; crossings: the whole run. {}{}</p>\n",
                     words_of_oscillation(),
                     calcium->ids.size() > most_lines
                         ? fmt::format(" The first {} of {} recorded.", most_lines, calcium->ids.size())
                         : "") +
         to_html(table);
}

}  // namespace

void write_astrocyte(const Run& run, Page& page) {
  const AstrocyteRun cells(run);
  if (!std::isfinite(cells.astrocytes)) {
    page.headline("The run ended before it had a result");
    return;
  }
  const auto result = [&](const char* key) { return number_at(run.summary, std::string("/results/") + key); };
  const bool are_many = cells.astrocytes > 1;
  page.headline(fmt::format("Calcium of {} crosses C_Θ {} in {:g} s, {} /s{}; it lies between {} and {} µM",
                            are_many ? fmt::format("{:.0f} astrocytes", cells.astrocytes) : "one astrocyte",
                            count(std::size_t(result("crossings")), "time"), cells.simulated,
                            number(result("crossings") / cells.astrocytes / cells.simulated), are_many ? " each" : "",
                            number(result("lowest_calcium_uM")), number(result("highest_calcium_uM"))));
  draw_single(cells, page);
  if (are_many)
    page.picture(
        "Upward crossings of the calcium threshold",
        cells.crossings.times.size() > most_raster_dots
            ? "Colour: number of crossings in a cell of the picture; below, crossings per astrocyte and second."
            : "Each dot is one crossing; below, crossings per astrocyte and second.",
        raster_picture(cells.crossings, cells.simulated, std::uint64_t(cells.astrocytes), "astrocyte"));
  if (const std::string table = cell_table(cells); !table.empty()) page.section("Astrocyte by astrocyte", table);
}

}  // namespace tripartite::report
