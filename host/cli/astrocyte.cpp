#include "tripartite/simulation/astrocyte.hpp"

#include <fmt/format.h>

#include <optional>
#include <ostream>

#include "host/cli/config_options.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/config/astrocyte_parameters.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "IP3, calcium and h of astrocytes by Li & Rinzel 1994 and Nadkarni & Jung 2003, in the form and with the\n"
    "parameters of the standard NEST astrocyte; each input makes IP3, calcium above C_Theta makes a slow inward\n"
    "current. The run directory has traces, crossings of C_Theta and the report.\n"
    "\n"
    "Examples:\n"
    "  tripartite astrocyte                                       one astrocyte, Poisson inputs at 20 /s, 100 s\n"
    "  tripartite astrocyte --config examples/li_rinzel.toml\n"
    "  tripartite astrocyte --astrocytes 100 --rate 10 --weight 25 --set inputs.kind=regular\n"
    "  tripartite astrocyte --set inputs.kind=file --set inputs.spikes=spikes.h5\n";

nlohmann::ordered_json results_of(const simulation::AstrocyteResult& result, const config::AstrocyteConfig& config) {
  return {{"astrocytes", config.astrocytes},
          {"simulated_s", result.simulated},
          {"crossings", result.crossings},
          {"lowest_calcium_uM", result.lowest_calcium},
          {"highest_calcium_uM", result.highest_calcium},
          {"highest_current", result.highest_current}};
}

Status astrocyte(config::AstrocyteConfig config, Session& session) {
  config.execution.backend = Backend::cpu;  // another one was refused
  simulation::AstrocyteResult result;
  RecordedRun recorded;
  recorded.execution = config.execution;
  recorded.output = config.output;
  recorded.describe = [&] {
    return description_of(config::astrocyte_parameters(), config, static_cast<std::uint64_t>(config.seed));
  };
  recorded.compute = [&](simulation::RunListener& listener, std::optional<simulation::RunDirectory>& directory) {
    listener.prepared();
    simulation::run_astrocytes(config, listener, directory->path(), result);
  };
  recorded.write = [&](simulation::RunDirectory& directory) {
    directory.results() = results_of(result, config);
    directory.note_times(result.seconds);
  };
  recorded.print = [&](std::ostream& out) {
    out << fmt::format("{} Li-Rinzel astrocyte{} for {:g} s in {:.2f} s\n", config.astrocytes,
                       config.astrocytes == 1 ? "" : "s", result.simulated, result.wall);
    out << fmt::format("calcium                       {:.4g} to {:.4g} uM, crosses C_Theta {} times\n",
                       result.lowest_calcium, result.highest_calcium, result.crossings);
    out << fmt::format("slow inward current           up to {:.4g}\n", result.highest_current);
  };
  return carry_out(recorded, session);
}

}  // namespace

Action declare_astrocyte(CLI::App& app) {
  const auto& table = config::astrocyte_parameters();
  const ConfigOptions options(app, table.description(), examples);
  return [options, &table](Session& session) { return astrocyte(table.resolve(options.settings()), session); };
}

}  // namespace tripartite::cli
