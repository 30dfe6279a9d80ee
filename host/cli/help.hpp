#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "host/cli/command.hpp"

namespace tripartite::cli {

/// Columns for help: those of the terminal that standard output is, else of COLUMNS, else 80; not beyond 120.
std::size_t help_columns();

/// `tripartite --help`: the commands.
std::string overview_help(const CLI::App& app, std::span<const Command> commands, std::size_t columns);

/// `tripartite NAME --help`: options, examples, and which sections of parameters there are. `app` is the command's.
std::string short_help(const Command& command, const CLI::App& app, std::size_t columns);

/// `tripartite NAME --help-all`: the same with every parameter.
std::string full_help(const Command& command, const CLI::App& app, std::size_t columns);

/// `tripartite NAME --help SECTION`: the parameters of a section, or one parameter by its key. Throws ConfigError that
/// lists the sections.
std::string section_help(const Command& command, std::string_view section, std::size_t columns);

/// What a command says of itself and its examples, in lines that fit: paragraphs are filled; what an example does
/// stands beside it where there is room, else below.
std::string fitted(std::string_view examples, std::size_t columns);

}  // namespace tripartite::cli
