#include "host/simulation/synapse.hpp"

#include <fmt/format.h>

#include <ostream>

#include "host/cli/recorded_run.hpp"
#include "host/cli/step_check.hpp"
#include "host/config/synapse_parameters.hpp"
#include "host/report/counted.hpp"
#include "host/report/pages.hpp"

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
    "  tripartite synapse --synapses 300 --set population.sizes=200,100 --set 'population.varied=alpha each 0 1'\n"
    "  tripartite synapse --synapses 1000000 --duration 10        a million synapses\n"
    "  tripartite synapse --solver rosenbrock --precision float64\n"
    "  tripartite synapse --check-step                            how much the result depends on the time step\n"
    "  tripartite synapse --calcium li_rinzel                     another calcium model in the process\n"
    "  tripartite synapse --config examples/closed_loop.toml\n"
    "  tripartite synapse --synapses 4 --duration 10 --drive file --set drive.spikes=examples/spikes.csv\n";

nlohmann::ordered_json results_of(const simulation::PopulationResult& population,
                                  const std::vector<std::string>& states, double simulated) {
  nlohmann::ordered_json means = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < states.size(); ++i)
    if (const auto& mean = population.means[i]; !mean.empty()) means[states[i]] = mean.back();
  return {
      {"synapses", population.synapses},
      {"releases", population.releases},
      {"release_rate_per_s", simulated > 0 ? double(population.releases) / double(population.synapses) / simulated : 0},
      {"final_means", means}};
}

nlohmann::ordered_json results_of(const config::SynapseConfig&, const simulation::SynapseResult& result) {
  nlohmann::ordered_json all = results_of(result.all, result.states, result.simulated);
  const double steps = double(result.steps) * double(result.all.synapses);
  all.update({{"steps", result.steps},
              {"simulated_s", result.simulated},
              {"releasing_synapses", result.releasing},
              {"synapse_steps_per_s", result.wall > 0 ? steps / result.wall : 0},
              {"populations", nlohmann::ordered_json::array()}});
  if (result.spikes) all["spikes"] = simulation::to_json(*result.spikes);
  for (const auto& population : result.populations)
    all["populations"].push_back(results_of(population, result.states, result.simulated));
  add_step_check(result.check, all);
  return all;
}

void print(const config::SynapseConfig& config, const simulation::SynapseResult& result, std::ostream& out) {
  const ModelDescription& model = config.synapse.description();
  const auto calcium = std::size_t(model.watched), ip3 = std::size_t(model.ip3);
  const auto last = [&](const char* state) { return result.all.means[std::size_t(state_place(model, state))].back(); };
  out << fmt::format("{} for {:g} s in {:.2f} s ({:.3g} synapse steps per second)\n",
                     report::counted(config.synapses, "tripartite synapse"), result.simulated, result.wall,
                     double(result.steps) * double(config.synapses) / result.wall);
  out << fmt::format("releases of gliotransmitter   {} by {} ({:.3g} /s each)\n", result.all.releases,
                     report::counted(result.releasing, "synapse"),
                     double(result.all.releases) / double(config.synapses) / result.simulated);
  if (result.populations.size() > 1)
    for (std::size_t k = 0; k < result.populations.size(); ++k) {
      const auto& population = result.populations[k];
      out << fmt::format("  population {:<3} {:>19}, {:.3g} /s each, C = {:.4g} uM at the end\n", k,
                         report::counted(population.synapses, "synapse"),
                         double(population.releases) / double(population.synapses) / result.simulated,
                         population.means[calcium].back());
    }
  out << fmt::format("mean at the end               {} = {:.4g} uM, {} = {:.4g} uM, Gamma_S = {:.4g}, r = {:.4g}\n",
                     model.states[calcium].name, result.all.means[calcium].back(), model.states[ip3].name,
                     result.all.means[ip3].back(), last("Gamma_S"), result.all.released.back());
  print_step_check(result.check, out);
}

void run(const config::SynapseConfig& config, simulation::RunListener& listener,
         const std::optional<simulation::RunDirectory>& directory, simulation::SynapseResult& result) {
  run_and_check<simulation::SynapseRun>(config, listener, directory, result);
}

}  // namespace

Command synapse_command() {
  return {.name = "synapse",
          .summary = "populations of tripartite synapses: release, IP3 and calcium, gliotransmission",
          .examples = examples,
          .page = {"summary.json, recordings.h5, means.h5, releases.h5 and spikes.h5", report::write_synapse},
          .work = recorded<config::SynapseConfig, simulation::SynapseResult>(
              {.parameters = config::synapse_parameters, .run = run, .results = results_of, .print = print})};
}

}  // namespace tripartite::cli
