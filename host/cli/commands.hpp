#pragma once

#include <string>
#include <vector>

#include "host/cli/command.hpp"

namespace tripartite::cli {

/// Every command, in the order of host/cli/CMakeLists.txt.
std::vector<Command> all_commands();

/// The pages of the commands that leave a run directory.
std::vector<report::CommandPage> report_pages();

/// The tables of the commands that have one: docs/parameters.md.
std::vector<config::TableDescription> all_tables();

}  // namespace tripartite::cli
