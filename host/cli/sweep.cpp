#include "tripartite/simulation/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>

#include "host/cli/config_options.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/config/synapse_parameters.hpp"

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

nlohmann::ordered_json results_of(const simulation::SweepResult& result, const config::SweepConfig& config) {
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

Status sweep(config::SweepConfig config, Session& session) {
  simulation::sweep_axes(config);  // refused before the run begins
  simulation::SweepResult result;
  RecordedRun recorded;
  recorded.execution = config.execution;
  config.execution.backend = resolve(config.execution.backend);
  recorded.output = config.output;
  recorded.describe = [&] {
    return description_of(config::sweep_parameters(), config, static_cast<std::uint64_t>(config.seed));
  };
  recorded.compute = [&](simulation::RunListener& listener, std::optional<simulation::RunDirectory>&) {
    listener.prepared();
    result = simulation::sweep(config, listener);
  };
  recorded.write = [&](simulation::RunDirectory& directory) {
    directory.results() = results_of(result, config);
    directory.note_times(result.seconds);
    if (!result.frequency.empty()) simulation::write_sweep(directory.file("sweep.csv"), result);
  };
  recorded.print = [&](std::ostream& out) {
    out << fmt::format("{} points of {} synapses for {:g} s in {:.2f} s\n", result.frequency.size(), config.synapses,
                       config.duration, result.wall);
    out << fmt::format("points where calcium oscillates   {}\n", oscillating_points(result));
    out << fmt::format("highest frequency                 {:.3g} /s\n",
                       *std::max_element(result.frequency.begin(), result.frequency.end()));
  };
  return carry_out(recorded, session);
}

}  // namespace

Action declare_sweep(CLI::App& app) {
  const auto& table = config::sweep_parameters();
  const ConfigOptions options(app, table.description(), examples);
  return [options, &table](Session& session) { return sweep(table.resolve(options.settings()), session); };
}

}  // namespace tripartite::cli
