#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "host/cli/command.hpp"
#include "host/cli/config_options.hpp"
#include "host/cli/version.hpp"
#include "host/config/attend_config.hpp"
#include "host/config/parameter_table.hpp"
#include "host/config/render.hpp"
#include "host/simulation/run_directory.hpp"
#include "host/simulation/run_listener.hpp"

namespace tripartite::cli {

/// How a stopped run is taken up in its own directory, by --resume. Its config.toml is the configuration.
template <class Config, class Result>
struct Resume {
  const char* meaning = "";                        // of the option
  std::span<const std::string_view> may_change{};  // keys that may be given anew
  /// Reads what the run had. nullptr: runs of this command cannot be resumed.
  void (*take_over)(const Config&, Result&) = nullptr;
};

/// A command that leaves a run directory behind, in its parts. `Config` has members `execution` and `output`; `seed` or
/// `network.seed` is the seed of the run, `seconds` of the result its wall time by phase, where there are such members.
template <class Config, class Result>
struct RecordedCommand {
  const config::ParameterTable<Config>& (*parameters)();
  /// Where defaults depend on what was given; else the table resolves.
  Config (*resolve)(config::Settings) = nullptr;
  Positional positional{};
  Resume<Config, Result> resume{};
  /// What is refused or decided before anything is read or allocated.
  Config (*prepare)(Config) = nullptr;
  /// The configuration that repeats the run, known once its input has been read. Without it that is the given one with
  /// the backend that it means on this machine, which `run` then gets, too.
  Config (*effective)(Config, const Result&) = nullptr;
  /// Tells the listener when input has been read and fits together; from then on there is a directory. `result` holds
  /// what was finished, also when an error is thrown.
  void (*run)(const Config&, simulation::RunListener&, const std::optional<simulation::RunDirectory>&, Result&);
  /// The results object of summary.json.
  nlohmann::ordered_json (*results)(const Config&, const Result&);
  /// Files that `run` has not written.
  void (*write)(const Config&, const Result&, const simulation::RunDirectory&) = nullptr;
  /// The table for a person.
  void (*print)(const Config&, const Result&, std::ostream&);
};

/// The `run` of a simulation that is an object, made of what it reads and then run, and that keeps its own result.
template <class Simulation, class Config, class Result>
void run_object(const Config& config, simulation::RunListener& listener,
                const std::optional<simulation::RunDirectory>& directory, Result& result) {
  Simulation simulation(config, listener);
  listener.prepared();
  try {
    simulation.run(directory->path());
  } catch (...) {
    result = simulation.result();
    throw;
  }
  result = simulation.result();
}

/// How a run begins.
struct Beginning {
  bool in_directory = false;     // of a run before, whose files are kept
  bool from_checkpoint = false;  // and goes on where that ended
  bool allow_backend_change = false;
};

/// One run of such a command.
struct RecordedRun {
  config::Output output;
  config::Execution execution;
  Beginning beginning;

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

/// The option --resume; its value, once the command line was read.
std::shared_ptr<std::string> declare_resume(CLI::App& app, const char* meaning);

/// The configuration of a run directory with what was given on top. Throws ConfigError if that may not change.
config::Settings resumed(config::Settings given, const config::TableDescription& table,
                         std::span<const std::string_view> may_change, const std::string& directory);

/// What summary.json says about a run of this configuration.
template <class Config>
simulation::RunDescription description_of(const config::ParameterTable<Config>& table, const Config& config) {
  const auto values = table.values(config);
  simulation::RunDescription description;
  description.command = table.description().command;
  description.backend = config.execution.backend;
  description.precision = config.execution.precision;
  description.threads = config.execution.threads;
  if constexpr (requires { config.seed; })
    description.seed = static_cast<std::uint64_t>(config.seed);
  else if constexpr (requires { config.network.seed; })
    description.seed = config.network.seed;
  description.config = config::render_json(table.description(), values);
  description.config_toml = config::render_toml(table.description(), values);
  return description;
}

template <class Config, class Result>
Status carry_out(const RecordedCommand<Config, Result>& command, Config config, const Beginning& beginning,
                 Session& session) {
  Result result{};
  if (beginning.in_directory && !beginning.from_checkpoint) command.resume.take_over(config, result);
  if (command.prepare != nullptr) config = command.prepare(std::move(config));
  RecordedRun run;
  run.output = config.output;
  run.execution = config.execution;
  run.beginning = beginning;
  if (command.effective == nullptr) config.execution.backend = tripartite::resolve(config.execution.backend);
  run.describe = [&] {
    auto description =
        description_of(command.parameters(), command.effective == nullptr ? config : command.effective(config, result));
    description.command_line = session.command_line;
    description.commit = commit();
    return description;
  };
  run.compute = [&](simulation::RunListener& listener, const std::optional<simulation::RunDirectory>& directory) {
    command.run(config, listener, directory, result);
  };
  run.write = [&](simulation::RunDirectory& directory) {
    directory.results() = command.results(config, result);
    if constexpr (requires { result.seconds; }) directory.note_times(result.seconds);
    if (command.write != nullptr) command.write(config, result, directory);
  };
  run.print = [&](std::ostream& out) { command.print(config, result, out); };
  return carry_out(run, session);
}

template <class Config, class Result>
Work recorded(const RecordedCommand<Config, Result>& command) {
  const auto resolve = [command](config::Settings settings) {
    return command.resolve == nullptr ? command.parameters().resolve(settings) : command.resolve(std::move(settings));
  };
  const auto declare = [command, resolve](CLI::App& app) -> Action {
    const config::TableDescription& table = command.parameters().description();
    const ConfigOptions options(app, table, command.positional);
    const bool can_resume = command.resume.take_over != nullptr;
    const std::shared_ptr<std::string> directory =
        can_resume ? declare_resume(app, command.resume.meaning) : std::make_shared<std::string>();
    return [=, &table](Session& session) {
      if (directory->empty()) return carry_out(command, resolve(options.settings()), {}, session);
      auto settings = resumed(options.settings(), table, command.resume.may_change, *directory);
      return carry_out(command, resolve(std::move(settings)), {.in_directory = true}, session);
    };
  };
  Work work;
  work.parameters = [command]() -> const config::TableDescription& { return command.parameters().description(); };
  work.declare = declare;
  work.go_on = [=](config::Settings settings, bool allow_backend_change, Session& session) {
    const Beginning beginning{
        .in_directory = true, .from_checkpoint = true, .allow_backend_change = allow_backend_change};
    return carry_out(command, resolve(std::move(settings)), beginning, session);
  };
  return work;
}

}  // namespace tripartite::cli
