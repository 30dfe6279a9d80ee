#pragma once

#include <functional>
#include <iosfwd>

#include "host/cli/command.hpp"
#include "host/config/parameter_table.hpp"
#include "host/config/render.hpp"
#include "host/simulation/run_directory.hpp"
#include "tripartite/config/attend_config.hpp"
#include "tripartite/simulation/run_listener.hpp"

namespace tripartite::cli {

/// A command that leaves a run directory behind, in its parts.
struct RecordedRun {
  config::Output output;
  config::Execution execution;
  bool resume = false;  // go on in the run directory

  /// What the run is. Called when the input has been read and fits together.
  std::function<simulation::RunDescription()> describe;
  /// `directory` exists once the listener has been told that the run is prepared.
  std::function<void(simulation::RunListener& listener, std::optional<simulation::RunDirectory>& directory)> compute;
  /// Results and files, whole or, after an error, what there is.
  std::function<void(simulation::RunDirectory&)> write;
  std::function<void(std::ostream&)> print;
};

/// Carries a run out: directory, progress, report, and the words for the user. Throws what `run` throws.
Status carry_out(const RecordedRun& run, Session& session);

/// What summary.json says about a run of this configuration.
template <class Config>
simulation::RunDescription description_of(const config::ParameterTable<Config>& table, const Config& config,
                                          std::uint64_t seed) {
  const auto values = table.values(config);
  simulation::RunDescription description;
  description.command = table.description().command;
  description.backend = config.execution.backend;
  description.precision = config.execution.precision;
  description.threads = config.execution.threads;
  description.seed = seed;
  description.config = config::render_json(table.description(), values);
  description.config_toml = config::render_toml(table.description(), values);
  return description;
}

}  // namespace tripartite::cli
