#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "host/cli/commands.hpp"
#include "host/simulation/run_check.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Compares every result with the checksum that the run left, and reads checkpoints and journal from end to end.\n"
    "The exit status is 1 if anything is missing, changed or damaged.\n"
    "\n"
    "Examples:\n"
    "  tripartite check runs/network-20240131-120000\n"
    "  tripartite check runs/network-20240131-120000 --json\n";

/// What the directory can be used for.
std::string use_of(const simulation::RunCheck& check) {
  std::string use;
  const auto add = [&](const std::string& what) { use += (use.empty() ? "" : ", ") + what; };
  if (check.is_complete)
    add("the complete run");
  else if (!check.files.empty())
    add("what was finished of the run");
  if (check.restart_step)
    add(fmt::format("`tripartite resume` from step {}", *check.restart_step));
  else if (check.can_go_on)
    add("`tripartite resume` from the last finished piece");
  else if (!check.is_complete)
    add("`tripartite resume` from the beginning");
  return use;
}

nlohmann::ordered_json to_json(const simulation::RunCheck& check) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const auto& file : check.files)
    files.push_back({{"name", file.name}, {"whole", file.is_whole}, {"words", file.words}});
  nlohmann::ordered_json all{{"command", check.command},
                             {"status", check.status},
                             {"whole", check.is_whole()},
                             {"can_resume", check.can_go_on},
                             {"files", std::move(files)}};
  if (!check.error.empty()) all["error"] = check.error;
  if (check.restart_step) all["restart_step"] = *check.restart_step;
  return all;
}

void print(const std::string& directory, const simulation::RunCheck& check, std::ostream& out) {
  out << fmt::format("{}: {}, {}{}\n", directory, check.command, check.status,
                     check.error.empty() ? "" : " (" + check.error + ")");
  for (const auto& file : check.files)
    out << fmt::format("  {:<22} {}{}\n", file.name, file.is_whole ? "" : "NOT WHOLE: ", file.words);
  out << fmt::format("can be used for: {}\n", use_of(check));
}

Action declare(CLI::App& app) {
  const auto directory = std::make_shared<std::string>();
  app.add_option("directory", *directory, "a run directory")->required()->type_name("DIR");
  const auto json = std::make_shared<bool>(false);
  app.add_flag("--json", *json, "as a JSON object");
  return [directory, json](Session& session) {
    const simulation::RunCheck check = simulation::check_run(*directory);
    if (*json)
      session.results << to_json(check).dump(2) << '\n';
    else
      print(*directory, check, session.results);
    return check.is_whole() ? Status::done : Status::failed;
  };
}

}  // namespace

Command check_command() {
  return {.name = "check",
          .summary = "say whether a run directory is whole, and what it can be used for",
          .examples = examples,
          .work = {.declare = declare}};
}

}  // namespace tripartite::cli
