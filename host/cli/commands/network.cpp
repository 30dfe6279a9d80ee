#include "tripartite/network/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "host/cli/recorded_run.hpp"
#include "host/config/network_parameters.hpp"
#include "host/report/counted.hpp"
#include "host/report/pages.hpp"
#include "host/simulation/network.hpp"

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
    "  tripartite network --rule file --set connectivity.edges=edges.h5\n";

nlohmann::ordered_json results_of(const config::NetworkConfig& config, const simulation::NetworkResult& result) {
  return {{"neurons", config.neurons},
          {"bare_synapses", result.bare},
          {"tripartite_synapses", result.tripartite},
          {"astrocytes", config.astrocytes},
          {"gap_junctions", result.junctions},
          {"simulated_s", result.simulated},
          {"releases", result.releases},
          {"lowest_mean_rate_per_s", result.lowest_rate},
          {"highest_mean_rate_per_s", result.highest_rate}};
}

void print(const config::NetworkConfig& config, const simulation::NetworkResult& result, std::ostream& out) {
  out << fmt::format("{}, {} bare and {}, {}, {}: {:g} s in {:.2f} s\n", report::counted(config.neurons, "neuron"),
                     result.bare, report::counted(result.tripartite, "tripartite synapse"),
                     report::counted(config.astrocytes, "astrocyte"), report::counted(result.junctions, "gap junction"),
                     result.simulated, result.wall);
  if (config.neurons > 0)
    out << fmt::format("mean rate                     {:.3g} to {:.3g} /s\n", result.lowest_rate, result.highest_rate);
  if (config.astrocytes > 0 && config.somata)
    out << fmt::format("mean calcium of somata        {:.3g} to {:.3g} uM\n",
                       *std::min_element(result.soma_calcium.begin(), result.soma_calcium.end()),
                       *std::max_element(result.soma_calcium.begin(), result.soma_calcium.end()));
  out << fmt::format("releases of gliotransmitter   {}\n", result.releases);
}

}  // namespace

Command network_command() {
  return {.name = "network",
          .summary = "rate neurons on tripartite synapses, astrocytes coupled by gap junctions",
          .examples = examples,
          .page = {"summary.json, recordings.h5, means.h5 and releases.h5", report::write_network},
          .work = recorded<config::NetworkConfig, simulation::NetworkResult>(
              {.parameters = config::network_parameters,
               .prepare =
                   [](config::NetworkConfig config) {
                     if (is_adaptive(config.stepping.method))  // on the CPU alone
                       config.execution.backend =
                           network_backend(config.execution.backend, config.stepping.method, true);
                     return config;
                   },
               .run = run_object<simulation::NetworkRun>,
               .results = results_of,
               .print = print})};
}

}  // namespace tripartite::cli
