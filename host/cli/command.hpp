#pragma once

#include <atomic>
#include <functional>
#include <iosfwd>
#include <string>

#include "host/report/report.hpp"

namespace CLI {
class App;
}
namespace tripartite::config {
class Settings;
struct TableDescription;
}  // namespace tripartite::config

namespace tripartite::cli {

/// Exit statuses of the program.
enum Status { done = 0, failed = 1, wrong_usage = 2, interrupted = 130 };

/// What a command works with. Results go to `results`, everything else to `messages`.
struct Session {
  std::ostream& results;
  std::ostream& messages;
  bool messages_to_terminal;
  const std::atomic<bool>& interrupted;  // true once the user asked to stop
  std::string command_line{};            // as a shell would read it again; empty where there was none
};

/// Runs after the command line was read. Throws what the library throws; main alone prints errors.
using Action = std::function<Status(Session&)>;

/// How a command reads its part of the command line and what it then does. `recorded` and `configured` make one from a
/// table of parameters; a command without a table declares options of its own.
struct Work {
  std::function<const config::TableDescription&()> parameters{};  // empty: it has no table
  std::function<Action(CLI::App& app)> declare{};
  /// Goes on in a run directory, from its last checkpoint, with the settings of its config.toml and what may change.
  /// Empty: the command leaves no run directory.
  std::function<Status(config::Settings settings, bool allow_backend_change, Session& session)> go_on{};
};

/// Everything about one command. A command is one file in host/cli/commands, which defines `Command NAME_command()`,
/// and one word in host/cli/CMakeLists.txt; the rest of the program follows from this record: the list of
/// `tripartite --help`, the command's own help, docs/parameters.md, report.html and the tests of all commands.
struct Command {
  /// As it is typed, and as summary.json has it. Behind a second word, "sweep --network", the option is what chooses
  /// this command among those with the same first word.
  const char* name;
  const char* summary;  // in the list of commands
  const char*
      examples;  // in its help: what it does, then lines "  tripartite NAME ...", each perhaps with what that does
  report::PageKind page{};  // of its run directories; without `write` it leaves none
  Work work;
};

}  // namespace tripartite::cli
