#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/cli/interrupt.hpp"
#include "host/cli/version.hpp"
#include "host/config/nearest.hpp"
#include "host/io/hdf5_file.hpp"
#include "tripartite/error.hpp"
#include "tripartite/version.hpp"

namespace tripartite::cli {
namespace {

constexpr auto overview =
    "`tripartite COMMAND --help` shows examples and every parameter of a command.\n"
    "Exit status: 0 done, 1 the run failed, 2 wrong usage or configuration, 130 interrupted.\n";

/// The option or command that was probably meant, as the end of a message.
std::string suggestion(const CLI::App& app, const std::string& given) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  for (const CLI::App* command : app.get_subcommands(nullptr)) known.push_back(command->get_name());
  const std::string meant = config::nearest(given.substr(0, given.find('=')), known);
  return meant.empty() ? "" : "; did you mean " + meant + "?";
}

Status report_usage(const CLI::App& app, const CLI::ParseError& error) {
  const auto used = app.get_subcommands();
  const CLI::App& command = used.empty() ? app : *used.front();
  const std::string name = used.empty() ? "tripartite" : "tripartite " + command.get_name();
  // What was not understood matters more than what is missing because of it.
  const std::vector<std::string> words = command.remaining().empty() ? app.remaining() : command.remaining();
  if (!words.empty()) {
    std::cerr << name << ": unexpected argument " << words.front() << suggestion(command, words.front()) << '\n';
  } else {
    std::cerr << name << ": " << error.what() << '\n';
  }
  std::cerr << "See `" << name << " --help`.\n";
  return wrong_usage;
}

/// One word of a command line, in quotes where a shell would read it otherwise.
std::string shell_word(std::string_view word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:+@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string command_line_of(int argc, char** argv) {
  std::string line = "tripartite";
  for (int i = 1; i < argc; ++i) line += " " + shell_word(argv[i]);
  return line;
}

Status run(int argc, char** argv) {
  CLI::App app("Neuron-astrocyte networks, simulated in time on CPUs and CUDA devices.", "tripartite");
  bool as_json = false;
  CLI::Option* json =
      app.add_flag("--json", as_json, "with --version: commit, compiler, CUDA and instruction sets, too");
  json->needs(app.set_version_flag(
      "--version", [&] { return as_json ? version_as_json() : std::string("tripartite " TRIPARTITE_VERSION); }));
  app.require_subcommand(1);
  app.footer(overview);
  Action action;
  for (const Command& command : all_commands()) {
    CLI::App* subcommand = app.add_subcommand(command.name, command.summary);
    // Tables and options are made for the one command that is used, once its name was read.
    subcommand->preparse_callback([subcommand, command, &action](std::size_t) {
      subcommand->footer(help_of(command));
      action = command.work.declare(*subcommand);
    });
  }
  if (argc == 1) {
    std::cerr << app.help();
    return wrong_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    app.exit(request, std::cout, std::cerr);
    return done;
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error);
  }
  Session session{std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1, catch_interrupts(), command_line_of(argc, argv)};
  return action(session);
}

Status guarded(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const ConfigError& error) {
    std::cerr << "tripartite: " << error.what() << '\n';
    return wrong_usage;
  } catch (const Cancelled& error) {
    std::cerr << "tripartite: " << error.what() << '\n';
    return interrupted;
  } catch (const std::bad_alloc&) {
    std::cerr << "tripartite: not enough memory\n";
    return failed;
  } catch (const std::exception& error) {
    std::cerr << "tripartite: " << error.what() << '\n';
    return failed;
  }
}

}  // namespace
}  // namespace tripartite::cli

int main(int argc, char** argv) {
  // A file that reaches a size limit is an error with a message, not a silent end.
  std::signal(SIGXFSZ, SIG_IGN);
  tripartite::io::skip_hdf5_at_exit();
  const auto status = tripartite::cli::guarded(argc, argv);
  if (!std::cout.flush()) {
    std::cerr << "tripartite: standard output cannot be written\n";
    return tripartite::cli::failed;
  }
  return status;
}
