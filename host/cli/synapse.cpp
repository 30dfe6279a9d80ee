#include "tripartite/simulation/synapse.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <ostream>

#include "host/cli/config_options.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/config/synapse_parameters.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Ten differential equations per synapse: release of glutamate, IP3 and calcium in the astrocyte process,\n"
    "gliotransmitter and its receptors. The run directory has traces, releases and the report.\n"
    "\n"
    "Examples:\n"
    "  tripartite synapse                                         one synapse at 5 /s for a minute\n"
    "  tripartite synapse --rate 2 --duration 200 --set synapse.alpha=1\n"
    "  tripartite synapse --synapses 1000 --drive poisson --set 'population.varied=O_delta uniform 0.4 1.2'\n"
    "  tripartite synapse --synapses 1000000 --duration 10        a million synapses\n"
    "  tripartite synapse --solver rosenbrock --precision float64\n"
    "  tripartite synapse --config examples/closed_loop.toml\n";

nlohmann::ordered_json results_of(const simulation::SynapseResult& result, const config::SynapseConfig& config) {
  const double per_second = result.wall > 0 ? double(result.steps) * double(config.synapses) / result.wall : 0;
  nlohmann::ordered_json means = nlohmann::ordered_json::object();
  for (int i = 0; i < synapse::state_count; ++i)
    if (const auto& mean = result.means[std::size_t(i)]; !mean.empty())
      means[synapse::state_infos[i].name] = mean.back();
  return {{"synapses", config.synapses},
          {"steps", result.steps},
          {"simulated_s", result.simulated},
          {"releases", result.releases},
          {"releasing_synapses", result.releasing},
          {"release_rate_per_s",
           result.simulated > 0 ? double(result.releases) / double(config.synapses) / result.simulated : 0},
          {"final_means", means},
          {"synapse_steps_per_s", per_second}};
}

Status synapse(config::SynapseConfig config, Session& session) {
  std::unique_ptr<simulation::SynapseRun> run;
  RecordedRun recorded;
  recorded.execution = config.execution;
  config.execution.backend = resolve(config.execution.backend);
  recorded.output = config.output;
  recorded.describe = [&] {
    return description_of(config::synapse_parameters(), config, static_cast<std::uint64_t>(config.seed));
  };
  recorded.compute = [&](simulation::RunListener& listener, std::optional<simulation::RunDirectory>& directory) {
    run = std::make_unique<simulation::SynapseRun>(config, listener);
    listener.prepared();
    run->run(directory->path());
  };
  recorded.write = [&](simulation::RunDirectory& directory) {
    directory.results() = results_of(run->result(), config);
    directory.note_times(run->result().seconds);
  };
  recorded.print = [&](std::ostream& out) {
    const auto& result = run->result();
    out << fmt::format("{} tripartite synapses for {:g} s in {:.2f} s ({:.3g} synapse steps per second)\n",
                       config.synapses, result.simulated, result.wall,
                       double(result.steps) * double(config.synapses) / result.wall);
    out << fmt::format("releases of gliotransmitter   {} by {} synapses ({:.3g} /s each)\n", result.releases,
                       result.releasing, double(result.releases) / double(config.synapses) / result.simulated);
    out << fmt::format("mean at the end               C = {:.4g} uM, I = {:.4g} uM, Gamma_S = {:.4g}, r = {:.4g}\n",
                       result.means[synapse::calcium].back(), result.means[synapse::ip3].back(),
                       result.means[synapse::presynaptic].back(), result.released.back());
  };
  return carry_out(recorded, session);
}

}  // namespace

Action declare_synapse(CLI::App& app) {
  const auto& table = config::synapse_parameters();
  const ConfigOptions options(app, table.description(), examples);
  return [options, &table](Session& session) { return synapse(table.resolve(options.settings()), session); };
}

}  // namespace tripartite::cli
