#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/cli/help.hpp"
#include "host/cli/interrupt.hpp"
#include "host/cli/version.hpp"
#include "host/config/nearest.hpp"
#include "host/config/settings.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/shell_word.hpp"
#include "tripartite/error.hpp"

namespace tripartite::cli {
namespace {

constexpr auto overview =
    "`tripartite COMMAND --help` shows options and examples of a command, `--help-all` every parameter, `--help "
    "SECTION` "
    "those of a section.\n"
    "\n"
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

/// `used_name`: of the command that was used; empty if there is none.
Status report_usage(const CLI::App& app, const std::string& used_name, const CLI::ParseError& error) {
  const auto used = app.get_subcommands();
  const CLI::App& command = used.empty() ? app : *used.front();
  const std::string name = used_name.empty() ? "tripartite" : "tripartite " + used_name;
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

std::string command_line_of(int argc, char** argv) {
  std::string line = "tripartite";
  for (int i = 1; i < argc; ++i) line += " " + io::shell_word(argv[i]);
  return line;
}

/// Thrown out of the parser, as help may stand anywhere on the command line.
struct HelpWanted {
  std::string text;
};

void declare_help(CLI::App& app, const Command& command) {
  app.set_help_flag();  // that of the parser takes no section
  const auto show = [&app, command](const std::string& section) {
    const std::size_t columns = help_columns();
    throw HelpWanted{section.empty() ? short_help(command, app, columns) : section_help(command, section, columns)};
  };
  const bool has_sections = bool(command.work.parameters);
  CLI::Option* help = app.add_option_function<std::string>(
      "-h,--help", show, has_sections ? "options and examples, or the parameters of a section" : "print this help");
  help->expected(0, 1)->trigger_on_parse()->default_str("");
  if (!has_sections) return;
  help->type_name("[SECTION]");
  app.add_flag_callback(
         "--help-all", [&app, command] { throw HelpWanted{full_help(command, app, help_columns())}; },
         "the same with every parameter")
      ->trigger_on_parse();
}

/// The options that choose another command with the same first word.
void declare_choices(CLI::App& app, std::span<const Command> commands, std::string_view word) {
  for (const Command& command : commands)
    if (word_of(command) == word && !option_of(command).empty())
      app.add_flag_callback(
          std::string(option_of(command)), [] {},  // read before the parser: chosen_command
          fmt::format("{}; see `tripartite {} --help`", command.summary, command.name));
}

/// The commands with the same first word, which take other keys: "`tripartite sweep --network`"; empty: none.
std::string others_of(std::span<const Command> commands, std::string_view used) {
  std::string names;
  for (const Command& command : commands)
    if (command.name != used && word_of(command) == used.substr(0, used.find(' ')))
      names += fmt::format("{}`tripartite {}`", names.empty() ? "" : " or ", command.name);
  return names;
}

Status run(int argc, char** argv) {
  CLI::App app("Neuron-astrocyte networks, simulated in time on CPUs and CUDA devices.", "tripartite");
  bool as_json = false;
  CLI::Option* json = app.add_flag("--json", as_json, "with --version: as a JSON object");
  json->needs(app.set_version_flag("--version", [&] { return as_json ? version_as_json() : version_as_text(); }));
  app.require_subcommand(1);
  app.footer(overview);
  const std::vector<Command> commands = all_commands();
  const std::vector<std::string> given(argv + 1, argv + argc);
  std::string used;
  Action action;
  for (const Command& command : commands) {
    if (!option_of(command).empty()) continue;
    CLI::App* subcommand = app.add_subcommand(command.name, command.summary);
    // Tables and options are made for the one command that is used, once its name was read.
    subcommand->preparse_callback([&, subcommand, word = word_of(command)](std::size_t) {
      const Command& chosen = chosen_command(commands, word, given);
      used = chosen.name;
      declare_help(*subcommand, chosen);
      declare_choices(*subcommand, commands, word);
      action = chosen.work.declare(*subcommand);
    });
  }
  if (argc == 1) {
    std::cerr << overview_help(app, commands, help_columns());
    return wrong_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const HelpWanted& help) {
    std::cout << help.text;
    return done;
  } catch (const CLI::CallForHelp&) {
    std::cout << overview_help(app, commands, help_columns());
    return done;
  } catch (const CLI::Success& request) {  // --version
    app.exit(request, std::cout, std::cerr);
    return done;
  } catch (const CLI::ParseError& error) {
    return report_usage(app, used, error);
  }
  Session session{std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1, catch_interrupts(), command_line_of(argc, argv)};
  try {
    return action(session);
  } catch (const config::UnknownKey& error) {
    const std::string others = others_of(commands, used);
    throw ConfigError(error.what() + (others.empty() ? others : "; or is it for " + others + "?"));
  }
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

bool has_ended = false;  // in order: main returned

/// Libraries that cannot get memory call exit (HDF5 without a word); what is on the disk stays as it is.
void on_exit_of_library(int, void*) {
  if (has_ended) return;
  say_at_once("tripartite: a library ended the program, for want of memory in all likelihood\n");
  ::_exit(failed);
}

/// An exception that nobody can catch: before main, or in a thread that could not be started.
[[noreturn]] void on_uncaught() {
  say_at_once("tripartite: not enough memory, or another error where it cannot be handled\n");
  ::_exit(failed);
}

/// Before objects of the program are made, which takes memory.
__attribute__((constructor(101))) void expect_the_worst() {
  std::set_terminate(on_uncaught);
  ::on_exit(on_exit_of_library, nullptr);
}

}  // namespace
}  // namespace tripartite::cli

int main(int argc, char** argv) {
  // A file that reaches a size limit is an error with a message, not a silent end.
  std::signal(SIGXFSZ, SIG_IGN);
  tripartite::io::skip_hdf5_at_exit();
  const auto status = tripartite::cli::guarded(argc, argv);
  tripartite::cli::has_ended = true;
  if (!std::cout.flush()) {
    std::cerr << "tripartite: standard output cannot be written\n";
    return tripartite::cli::failed;
  }
  return status;
}
