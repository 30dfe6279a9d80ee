#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/cli/command.hpp"

namespace tripartite::cli {

/// Every command, in the order of host/cli/CMakeLists.txt.
std::vector<Command> all_commands();

/// The two words of a command's name: "sweep" and "--network". The second is empty for the command that its first word
/// means unless an option chooses another.
std::string_view word_of(const Command& command);
std::string_view option_of(const Command& command);

/// The command of this word that the words of a command line choose.
const Command& chosen_command(std::span<const Command> commands, std::string_view word,
                              std::span<const std::string> given);

/// The pages of the commands that leave a run directory.
std::vector<report::CommandPage> report_pages();

/// The tables of the commands that have one: docs/parameters.md.
std::vector<config::TableDescription> all_tables();

}  // namespace tripartite::cli
