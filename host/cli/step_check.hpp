#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "host/cli/recorded_run.hpp"
#include "host/simulation/step_check.hpp"

namespace tripartite::cli {

/// What --check-step found, for a person; nothing if it was not asked for.
void print_step_check(const simulation::StepCheck& check, std::ostream& out);

/// Adds it to a results object as `step_check`.
void add_step_check(const simulation::StepCheck& check, nlohmann::ordered_json& results);

/// Tells the user that a run begins again.
void announce_step_check(const config::Stepping& finer, simulation::RunListener& listener);

/// `run_object`, and where the configuration asks for it once more with a finer step, which leaves no files.
/// `Simulation::finer_run(config)` is the configuration of the second one; `Simulation::compare(result, finer)` says
/// what differs.
template <class Simulation, class Config, class Result>
void run_and_check(const Config& config, simulation::RunListener& listener,
                   const std::optional<simulation::RunDirectory>& directory, Result& result) {
  run_object<Simulation>(config, listener, directory, result);
  if (!config.stepping.check_step) return;
  const Config finer = Simulation::finer_run(config);
  announce_step_check(finer.stepping, listener);
  Simulation again(finer, listener);
  again.run({});
  result.check = {simulation::how_fine(finer.stepping), Simulation::compare(result, again.result())};
}

}  // namespace tripartite::cli
