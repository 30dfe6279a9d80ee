#include "host/simulation/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <utility>

#include "host/cli/network_settings.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/cli/step_check.hpp"
#include "host/config/network_parameters.hpp"
#include "host/report/counted.hpp"
#include "host/report/pages.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Rate neurons on bare and tripartite synapses; astrocytes with somata that gap junctions couple. The run "
    "directory\n"
    "has rates, calcium, releases, the connections drawn and the report.\n"
    "\n"
    "Examples:\n"
    "  tripartite network                                         100 neurons, 10 astrocytes in a ring\n"
    "  tripartite network --config examples/gliotransmission_bursts.toml\n"
    "  tripartite network --config examples/calcium_wave_ring.toml\n"
    "  tripartite network --neurons 400 --rule distance_dependent --set connectivity.radius=2\n"
    "  tripartite network --rule file --set connectivity.edges=examples/edges.csv\n"
    "  tripartite network --config examples/switched_input.toml      an input to some neurons for 20 s, and Poisson "
    "spikes\n"
    "  tripartite network --set excitatory_input.values=0,8,0 --set excitatory_input.times=0,10,20\n"
    "  tripartite network --set inhibitory_input.spikes=poisson --set inhibitory_input.rates=20\n"
    "  tripartite network --set recording.fields=nu,I_ext,Gamma_S --set recording.neurons=0:5,90\n";

config::NetworkConfig resolve(config::Settings settings) {
  return config::network_parameters().resolve(with_neurons_of_file(std::move(settings)));
}

nlohmann::ordered_json results_of(const config::NetworkConfig& config, const simulation::NetworkResult& result) {
  nlohmann::ordered_json all{{"neurons", config.neurons},
                             {"bare_synapses", result.bare},
                             {"tripartite_synapses", result.tripartite},
                             {"astrocytes", config.astrocytes},
                             {"gap_junctions", result.junctions},
                             {"simulated_s", result.simulated},
                             {"releases", result.releases},
                             {"lowest_mean_rate_per_s", result.lowest_rate},
                             {"highest_mean_rate_per_s", result.highest_rate},
                             {"bursts", result.bursts.count}};
  if (result.bursts.count > 0) {
    all["first_burst_s"] = result.bursts.first;
    all["last_burst_s"] = result.bursts.last;
  }
  if (result.bursts.count > 1) all["median_burst_interval_s"] = result.bursts.median_interval;
  add_step_check(result.check, all);
  return all;
}

void print(const config::NetworkConfig& config, const simulation::NetworkResult& result, std::ostream& out) {
  out << fmt::format("{}, {} bare and {}, {}, {}: {:g} s in {:.2f} s\n", report::counted(config.neurons, "neuron"),
                     result.bare, report::counted(result.tripartite, "tripartite synapse"),
                     report::counted(config.astrocytes, "astrocyte"), report::counted(result.junctions, "gap junction"),
                     result.simulated, result.wall);
  if (config.neurons > 0)
    out << fmt::format("mean rate                     {:.3g} to {:.3g} /s\n", result.lowest_rate, result.highest_rate);
  if (result.bursts.count > 1)
    out << fmt::format("bursts                        {} from {:.3g} to {:.3g} s, median interval {:.2g} s\n",
                       result.bursts.count, result.bursts.first, result.bursts.last, result.bursts.median_interval);
  if (config.astrocytes > 0 && config.somata)
    out << fmt::format("mean calcium of somata        {:.3g} to {:.3g} uM\n",
                       *std::min_element(result.soma_calcium.begin(), result.soma_calcium.end()),
                       *std::max_element(result.soma_calcium.begin(), result.soma_calcium.end()));
  out << fmt::format("releases of gliotransmitter   {}\n", result.releases);
  print_step_check(result.check, out);
}

void run(const config::NetworkConfig& config, simulation::RunListener& listener,
         const std::optional<simulation::RunDirectory>& directory, simulation::NetworkResult& result) {
  run_and_check<simulation::NetworkRun>(config, listener, directory, result);
}

}  // namespace

Command network_command() {
  return {.name = "network",
          .summary = "rate neurons on tripartite synapses, astrocytes coupled by gap junctions",
          .examples = examples,
          .page = {"summary.json, recordings.h5, means.h5 and releases.h5", report::write_network},
          .work = recorded<config::NetworkConfig, simulation::NetworkResult>(
              {.parameters = config::network_parameters,
               .resolve = resolve,
               .prepare = [](config::NetworkConfig config) { return with_backend_of_solver(std::move(config)); },
               .run = run,
               .results = results_of,
               .print = print})};
}

}  // namespace tripartite::cli
