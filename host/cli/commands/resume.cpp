#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/config/parameter_table.hpp"
#include "host/config/settings.hpp"
#include "host/report/report.hpp"
#include "host/run/checkpoints.hpp"
#include "host/simulation/run_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "A run that ended early, by Ctrl-C, a limit of time, a full disk or a power cut, goes on from its last "
    "checkpoint.\n"
    "Its configuration is that of its config.toml. On the same backend and instruction set the result is bit for bit\n"
    "that of a run that nothing had stopped; threads do not matter.\n"
    "\n"
    "Examples:\n"
    "  tripartite resume runs/synapse-20240131-120000\n"
    "  tripartite resume runs/network-20240131-120000 --duration 600     and makes it longer\n"
    "  tripartite resume runs/network-20240131-120000 --max-time 55m     as far as it comes in a batch job\n"
    "  tripartite resume runs/network-20240131-120000 --backend cuda --allow-backend-change\n";

struct Given {
  std::string directory;
  std::vector<std::pair<std::string, std::string>> options;  // "--duration" and its value
  bool json = false, allow_backend_change = false;
};

const Command& command_of(const std::vector<Command>& commands, const std::string& name, const std::string& directory) {
  for (const Command& command : commands)
    if (command.name == name && command.work.go_on) return command;
  throw ConfigError(fmt::format("{}: holds a run of {}, which cannot be resumed", directory, name));
}

/// The parameter that the command has this option for.
const config::Parameter* parameter_of(const config::TableDescription& table, const std::string& option) {
  const auto found = std::find_if(table.parameters.begin(), table.parameters.end(),
                                  [&](const config::Parameter& each) { return each.option == option; });
  return found == table.parameters.end() ? nullptr : &*found;
}

config::Settings settings_of(const Given& given, const Command& command) {
  const config::TableDescription& table = command.work.parameters();
  config::Settings settings(table.parameters);
  settings.read_file(std::filesystem::path(given.directory) / "config.toml");
  const config::Settings before = settings;
  for (const auto& [option, value] : given.options) {
    const config::Parameter* parameter = parameter_of(table, option);
    if (parameter == nullptr)
      throw ConfigError(fmt::format("{}: {}: tripartite {} has no such option", given.directory, option, command.name));
    settings.set(parameter->key, value, option);
    if (option != "--duration") continue;
    const auto* old = before.find(parameter->key);
    const auto* now = settings.find(parameter->key);
    const double was = std::get<double>(old == nullptr ? parameter->standard : old->value);
    if (std::get<double>(now->value) < was)
      throw ConfigError(
          fmt::format("--duration = {}: expected at least the {:g} s that the run was to take", value, was));
  }
  settings.set("output.directory", given.directory, "DIR");
  if (given.json) settings.set("output.json", "true", "--json");
  return settings;
}

/// What a run does last: a process that was killed then may not have done it.
void tidy(const std::filesystem::path& directory, const nlohmann::ordered_json& summary) {
  const auto keep = nlohmann::json::json_pointer("/config/run/keep_checkpoint");
  if (!summary.contains(keep) || !summary[keep].get<bool>()) run::remove_kept(directory);
  simulation::remove_unfinished(directory);
  if (!std::filesystem::exists(directory / "report.html")) report::write_report(directory, report_pages());
}

Status resume(const Given& given, Session& session) {
  const std::vector<Command> commands = all_commands();
  const auto summary = simulation::read_summary(given.directory);
  const Command& command = command_of(commands, summary["command"].get<std::string>(), given.directory);
  const bool is_longer = std::any_of(given.options.begin(), given.options.end(),
                                     [](const auto& option) { return option.first == "--duration"; });
  if (!std::filesystem::exists(std::filesystem::path(given.directory) / "config.toml"))
    throw FileError(given.directory +
                    ": has no config.toml: the run was ended before it began; begin it again, with --force");
  if (summary["status"] == "complete") {
    if (!is_longer) {
      tidy(given.directory, summary);
      session.messages << fmt::format("tripartite: {}: the run is complete\n", given.directory);
      return Status::done;
    }
    if (!run::can_go_on(given.directory))
      throw ConfigError(fmt::format(
          "{}: the run is complete and has no checkpoint; run.keep_checkpoint = true keeps one", given.directory));
  }
  return command.work.go_on(settings_of(given, command), given.allow_backend_change, session);
}

Action declare(CLI::App& app) {
  const auto given = std::make_shared<Given>();
  app.add_option("directory", given->directory, "a run directory")->required()->type_name("DIR");
  const auto pass_on = [&](const char* option, const char* meaning, const char* type) {
    app.add_option_function<std::string>(
           option, [given, option](const std::string& value) { given->options.emplace_back(option, value); }, meaning)
        ->type_name(type);
  };
  pass_on("--duration", "simulated time of the whole run, no less than before [s]", "NUMBER");
  pass_on("--threads", "of the CPU backend; the result does not depend on it", "INTEGER");
  pass_on("--max-time", "stop in order before so much wall-clock time has passed: 90 (seconds), 55m, 1h30m", "TEXT");
  pass_on("--max-memory", "refuse what needs more memory than this: 4G, 512M", "TEXT");
  pass_on("--backend", "another backend; only with --allow-backend-change", "NAME");
  app.add_flag("--allow-backend-change", given->allow_backend_change,
               "go on with another backend or instruction set, whose roundings differ");
  app.add_flag("--json", given->json, "print the results object alone on standard output");
  return [given](Session& session) { return resume(*given, session); };
}

}  // namespace

Command resume_command() {
  return {.name = "resume",
          .summary = "go on with a run that was stopped, from its last checkpoint",
          .examples = examples,
          .work = {.declare = declare}};
}

}  // namespace tripartite::cli
