#pragma once

#include <vector>

#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// The tables of all commands, in the order of docs/parameters.md.
std::vector<TableDescription> all_tables();

}  // namespace tripartite::config
