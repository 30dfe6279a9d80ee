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
    "  tripartite sweep --config examples/sweep_calcium.toml --over O_delta=0.2:1.2:100 --over K_P=0.04:0.12:100\n";

auto oscillating_points(const simulation::SweepResult& result) {
  return std::count_if(result.oscillating.begin(), result.oscillating.end(),
                       [](double fraction) { return fraction > 0.5; });
}

nlohmann::ordered_json results_of(const simulation::SweepResult& result, const config::SynapseConfig& config) {
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

Status sweep(config::SynapseConfig config, const std::vector<std::string>& over, Session& session) {
  config.execution.backend = resolve(config.execution.backend);
  std::vector<simulation::SweepAxis> axes;
  axes.reserve(over.size());
  for (const std::string& each : over) axes.push_back(simulation::read_axis(each));
  simulation::SweepResult result;
  RecordedRun recorded;
  recorded.execution = config.execution;
  recorded.output = config.output;
  recorded.describe = [&] {
    auto description = description_of(config::synapse_parameters(), config, static_cast<std::uint64_t>(config.seed));
    description.command = "sweep";
    return description;
  };
  recorded.compute = [&](simulation::RunListener& listener, std::optional<simulation::RunDirectory>&) {
    listener.prepared();
    result = simulation::sweep(config, axes, listener);
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
  const auto& table = config::synapse_parameters();
  const auto over = std::make_shared<std::vector<std::string>>();
  app.add_option("--over", *over, "NAME=LOW:HIGH:POINTS[:log], once or twice; NAME: a parameter, or rate")
      ->type_name("RANGE")
      ->required()
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  const ConfigOptions options(app, table.description(), examples);
  return [options, over, &table](Session& session) { return sweep(table.resolve(options.settings()), *over, session); };
}

}  // namespace tripartite::cli
