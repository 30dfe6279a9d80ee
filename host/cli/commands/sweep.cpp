#include "host/simulation/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

#include "host/cli/recorded_run.hpp"
#include "host/cli/step_check.hpp"
#include "host/cli/sweep_axes.hpp"
#include "host/config/synapse_parameters.hpp"
#include "host/report/pages.hpp"

namespace tripartite::cli {
namespace {

using simulation::PointActivity;
using simulation::SweepResult;

constexpr auto examples =
    "One or two parameters on a grid, each point an ensemble of population.synapses. The transient is discarded: five\n"
    "times the slowest time constant of the model unless --transient says otherwise. Then calcium, releases of\n"
    "gliotransmitter and r are observed for --duration. sweep.csv has a row per point, the report has curves or maps.\n"
    "\n"
    "Examples:\n"
    "  tripartite sweep --over O_delta=0.2:1.5:27                 how production of IP3 shifts the frequency\n"
    "  tripartite sweep --over O_delta=0.2:1.2:40 --over K_P=0.04:0.12:40\n"
    "  tripartite sweep --over rate=0.1:50:30:log --set population.synapses=20 --drive poisson\n"
    "  tripartite sweep --over O_delta=0.2:1.5:27 --check-step    how much the result depends on the time step\n"
    "  tripartite sweep --config examples/sweep_calcium.toml\n";

bool oscillates(const PointActivity& point) { return point.oscillating > 0.5; }

/// One value per point of the grid, NaN where a point was not finished.
std::vector<double> all_of(const SweepResult& result, double PointActivity::*member) {
  std::vector<double> values;
  for (const PointActivity& point : result.points) values.push_back(point.*member);
  values.resize(result.axes.empty() ? 0 : result.grid(), std::numeric_limits<double>::quiet_NaN());
  return values;
}

nlohmann::ordered_json results_of(const config::SweepConfig& config, const SweepResult& result) {
  const auto& points = result.points;
  nlohmann::ordered_json all{{"axes", to_json(result.axes)},
                             {"points", result.axes.empty() ? 0 : result.grid()},
                             {"finished_points", points.size()},
                             {"synapses_per_point", config.synapses},
                             {"discarded_s", result.transient},
                             {"observed_s", config.duration},
                             {"least_amplitude_uM", config.least_amplitude},
                             {"largest_stationary_drift", simulation::largest_drift}};
  if (result.slowest) all["slowest_time_constant"] = simulation::to_string(*result.slowest);
  all.update(
      {{"oscillating_points", std::count_if(points.begin(), points.end(), oscillates)},
       {"drifting_points", std::count_if(points.begin(), points.end(),
                                         [](const auto& point) { return point.drift > simulation::largest_drift; })},
       {"cautions", simulation::cautions(config, result)},
       {"frequency_per_s", all_of(result, &PointActivity::frequency)},
       {"interval_deviation_s", all_of(result, &PointActivity::interval_deviation)},
       {"cycles", all_of(result, &PointActivity::cycles)},
       {"amplitude_uM", all_of(result, &PointActivity::amplitude)},
       {"release_per_s", all_of(result, &PointActivity::release)},
       {"probability", all_of(result, &PointActivity::probability)},
       {"fraction_oscillating", all_of(result, &PointActivity::oscillating)},
       {"drift", all_of(result, &PointActivity::drift)}});
  add_step_check(result.check, all);
  return all;
}

/// The points of a sweep over one parameter, one per line.
void print_points(const SweepResult& result, std::ostream& out) {
  const auto& axis = result.axes[0];
  out << fmt::format("\n{:>14}{:>16}{:>16}{:>16}{:>16}{:>12}\n", axis.name, "frequency", "SD of interval", "amplitude",
                     "releases", "r");
  out << fmt::format("{:>14}{:>16}{:>16}{:>16}{:>16}{:>12}\n", axis.unit.empty() ? "" : "[" + axis.unit + "]", "[1/s]",
                     "[s]", "[uM]", "[1/s]", "");
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    const PointActivity& point = result.points[i];
    const bool has_cycles = point.frequency > 0;
    out << fmt::format("{:>14.4g}{:>16}{:>16}{:>16.3g}{:>16.3g}{:>12.3g}{}\n", axis.values[i],
                       has_cycles ? fmt::format("{:.4g}", point.frequency) : "-",
                       has_cycles ? fmt::format("{:.2g}", point.interval_deviation) : "-", point.amplitude,
                       point.release, point.probability, point.drift > simulation::largest_drift ? "  drifts" : "");
  }
  out << '\n';
}

void print(const config::SweepConfig& config, const SweepResult& result, std::ostream& out) {
  const auto& points = result.points;
  out << fmt::format("{} points of {} synapse{}, {} discarded and {} observed, in {:.2f} s\n", points.size(),
                     config.synapses, config.synapses == 1 ? "" : "s", simulation::seconds_as_words(result.transient),
                     simulation::seconds_as_words(config.duration), result.wall);
  constexpr std::size_t most_lines = 60;
  if (result.axes.size() == 1 && points.size() <= most_lines) print_points(result, out);
  out << fmt::format("points where calcium oscillates   {}\n", std::count_if(points.begin(), points.end(), oscillates));
  double lowest = std::numeric_limits<double>::infinity(), highest = 0;
  for (const PointActivity& point : points)
    if (point.frequency > 0) {
      lowest = std::min(lowest, point.frequency);
      highest = std::max(highest, point.frequency);
    }
  if (highest > 0) out << fmt::format("frequency                         {:.3g} to {:.3g} /s\n", lowest, highest);
  print_step_check(result.check, out);
}

}  // namespace

Command sweep_command() {
  return {.name = "sweep",
          .summary = "one or two parameters of a synapse on a grid: oscillations of calcium, releases",
          .examples = examples,
          .page = {"summary.json", report::write_sweep},
          .work = recorded<config::SweepConfig, SweepResult>(
              {.parameters = config::sweep_parameters,
               .prepare =
                   [](config::SweepConfig config) {
                     simulation::sweep_axes(config);  // throws where they cannot be swept
                     return config;
                   },
               .run =
                   [](const auto& config, auto& listener, const auto& directory, auto& result) {
                     listener.prepared();
                     simulation::sweep(config, listener, result,
                                       [&] { simulation::write_sweep(directory->file("sweep.csv"), result); });
                   },
               .results = results_of,
               .print = print})};
}

}  // namespace tripartite::cli
