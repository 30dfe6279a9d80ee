#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <functional>
#include <iosfwd>

namespace tripartite::cli {

/// Exit statuses of the program.
enum Status { done = 0, failed = 1, wrong_usage = 2, interrupted = 130 };

/// What a command works with. Results go to `results`, everything else to `messages`.
struct Session {
  std::ostream& results;
  std::ostream& messages;
  bool messages_to_terminal;
  const std::atomic<bool>& interrupted;  // true once the user asked to stop
};

/// Runs after the command line was read. Throws what the library throws; main alone prints errors.
using Action = std::function<Status(Session&)>;

/// A command is a line in main's table and a function that declares its options and returns what to do with them.
struct Command {
  const char* name;
  const char* summary;
  Action (*declare)(CLI::App& app);
};

Action declare_astrocyte(CLI::App& app);
Action declare_attend(CLI::App& app);
Action declare_capacity(CLI::App& app);
Action declare_classify(CLI::App& app);
Action declare_generate(CLI::App& app);
Action declare_info(CLI::App& app);
Action declare_recall(CLI::App& app);
Action declare_network(CLI::App& app);
Action declare_report(CLI::App& app);
Action declare_sweep(CLI::App& app);
Action declare_synapse(CLI::App& app);
Action declare_study(CLI::App& app);
Action declare_verify(CLI::App& app);

}  // namespace tripartite::cli
