#include "tripartite/network/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>

#include "host/cli/config_options.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/config/circuit_parameters.hpp"
#include "tripartite/simulation/circuit.hpp"

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

nlohmann::ordered_json results_of(const simulation::CircuitResult& result, const config::CircuitConfig& config) {
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

Status network(config::CircuitConfig config, Session& session) {
  config.execution.backend = network::network_backend(config.execution.backend, config.stepping.method);
  std::unique_ptr<simulation::CircuitRun> run;
  RecordedRun recorded;
  recorded.execution = config.execution;
  recorded.output = config.output;
  recorded.describe = [&] {
    return description_of(config::circuit_parameters(), config, static_cast<std::uint64_t>(config.seed));
  };
  recorded.compute = [&](simulation::RunListener& listener, std::optional<simulation::RunDirectory>& directory) {
    run = std::make_unique<simulation::CircuitRun>(config, listener);
    listener.prepared();
    run->run(directory->path());
  };
  recorded.write = [&](simulation::RunDirectory& directory) {
    directory.results() = results_of(run->result(), config);
    directory.note_times(run->result().seconds);
  };
  recorded.print = [&](std::ostream& out) {
    const auto& result = run->result();
    out << fmt::format(
        "{} neurons, {} bare and {} tripartite synapses, {} astrocytes, {} gap junctions: {:g} s in {:.2f} s\n",
        config.neurons, result.bare, result.tripartite, config.astrocytes, result.junctions, result.simulated,
        result.wall);
    if (config.neurons > 0)
      out << fmt::format("mean rate                     {:.3g} to {:.3g} /s\n", result.lowest_rate,
                         result.highest_rate);
    if (config.astrocytes > 0 && config.somata)
      out << fmt::format("mean calcium of somata        {:.3g} to {:.3g} uM\n",
                         *std::min_element(result.soma_calcium.begin(), result.soma_calcium.end()),
                         *std::max_element(result.soma_calcium.begin(), result.soma_calcium.end()));
    out << fmt::format("releases of gliotransmitter   {}\n", result.releases);
  };
  return carry_out(recorded, session);
}

}  // namespace

Action declare_network(CLI::App& app) {
  const auto& table = config::circuit_parameters();
  const ConfigOptions options(app, table.description(), examples);
  return [options, &table](Session& session) { return network(table.resolve(options.settings()), session); };
}

}  // namespace tripartite::cli
