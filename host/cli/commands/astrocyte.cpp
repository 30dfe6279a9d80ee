#include "host/simulation/astrocyte.hpp"

#include <fmt/format.h>

#include <optional>
#include <ostream>

#include "host/cli/recorded_run.hpp"
#include "host/cli/step_check.hpp"
#include "host/config/astrocyte_parameters.hpp"
#include "host/report/counted.hpp"
#include "host/report/pages.hpp"

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

nlohmann::ordered_json results_of(const config::AstrocyteConfig& config, const simulation::AstrocyteResult& result) {
  nlohmann::ordered_json all{{"astrocytes", config.astrocytes},
                             {"simulated_s", result.simulated},
                             {"crossings", result.crossings},
                             {"lowest_calcium_uM", result.lowest_calcium},
                             {"highest_calcium_uM", result.highest_calcium},
                             {"highest_current", result.highest_current}};
  if (result.spikes) all["spikes"] = simulation::to_json(*result.spikes);
  add_step_check(result.check, all);
  return all;
}

void run(const config::AstrocyteConfig& config, simulation::RunListener& listener,
         const std::optional<simulation::RunDirectory>& directory, simulation::AstrocyteResult& result) {
  listener.prepared();
  simulation::run_astrocytes(config, listener, directory->path(), result);
}

void print(const config::AstrocyteConfig& config, const simulation::AstrocyteResult& result, std::ostream& out) {
  out << fmt::format("{} with {} calcium for {:g} s in {:.2f} s\n", report::counted(config.astrocytes, "astrocyte"),
                     config.astrocyte.calcium, result.simulated, result.wall);
  out << fmt::format("calcium                       {:.4g} to {:.4g} uM, crosses C_Theta {}\n", result.lowest_calcium,
                     result.highest_calcium, report::counted(result.crossings, "time"));
  out << fmt::format("slow inward current           up to {:.4g} pA\n", result.highest_current);
  print_step_check(result.check, out);
}

}  // namespace

Command astrocyte_command() {
  return {.name = "astrocyte",
          .summary = "astrocytes by themselves: IP3, calcium, slow inward current",
          .examples = examples,
          .page = {"summary.json, recordings.h5 and crossings.h5", report::write_astrocyte},
          .work = recorded<config::AstrocyteConfig, simulation::AstrocyteResult>(
              {.parameters = config::astrocyte_parameters, .run = run, .results = results_of, .print = print})};
}

}  // namespace tripartite::cli
