#include "host/simulation/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "host/cli/recorded_run.hpp"
#include "host/config/synapse_parameters.hpp"
#include "host/report/pages.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "One or two parameters on a grid, each point an ensemble of population.synapses, all integrated together. "
    "sweep.csv\n"
    "has a row per point: oscillation of calcium and release in the second half of the run; the report has maps.\n"
    "\n"
    "Examples:\n"
    "  tripartite sweep --over O_delta=0.2:1.2:40 --over K_P=0.04:0.12:40\n"
    "  tripartite sweep --over rate=0.1:50:30:log --set population.synapses=20 --drive poisson\n"
    "  tripartite sweep --config examples/sweep_calcium.toml\n";

auto oscillating_points(const simulation::SweepResult& result) {
  return std::count_if(result.oscillating.begin(), result.oscillating.end(),
                       [](double fraction) { return fraction > 0.5; });
}

nlohmann::ordered_json results_of(const config::SweepConfig& config, const simulation::SweepResult& result) {
  nlohmann::ordered_json axes = nlohmann::ordered_json::array();
  for (const auto& axis : result.axes)
    axes.push_back({{"name", axis.name}, {"values", axis.values}, {"log", axis.is_log}});
  return {{"axes", axes},
          {"points", result.frequency.size()},
          {"synapses_per_point", config.synapses},
          {"simulated_s", config.duration},
          {"oscillating_points", oscillating_points(result)},
          {"frequency_per_s", result.frequency},
          {"amplitude_uM", result.amplitude},
          {"release_per_s", result.release},
          {"probability", result.probability},
          {"fraction_oscillating", result.oscillating}};
}

void print(const config::SweepConfig& config, const simulation::SweepResult& result, std::ostream& out) {
  out << fmt::format("{} points of {} synapses for {:g} s in {:.2f} s\n", result.frequency.size(), config.synapses,
                     config.duration, result.wall);
  out << fmt::format("points where calcium oscillates   {}\n", oscillating_points(result));
  out << fmt::format("highest frequency                 {:.3g} /s\n",
                     *std::max_element(result.frequency.begin(), result.frequency.end()));
}

}  // namespace

Command sweep_command() {
  return {.name = "sweep",
          .summary = "one or two parameters of a synapse on a grid: oscillations of calcium, releases",
          .examples = examples,
          .page = {"summary.json", report::write_sweep},
          .work = recorded<config::SweepConfig, simulation::SweepResult>(
              {.parameters = config::sweep_parameters,
               .prepare =
                   [](config::SweepConfig config) {
                     simulation::sweep_axes(config);  // throws where they cannot be swept
                     return config;
                   },
               .run =
                   [](const auto& config, auto& listener, const auto&, auto& result) {
                     listener.prepared();
                     result = simulation::sweep(config, listener);
                   },
               .results = results_of,
               .write =
                   [](const auto&, const auto& result, const auto& directory) {
                     if (!result.frequency.empty()) simulation::write_sweep(directory.file("sweep.csv"), result);
                   },
               .print = print})};
}

}  // namespace tripartite::cli
