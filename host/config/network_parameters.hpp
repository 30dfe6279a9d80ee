#pragma once

#include "host/config/network_config.hpp"
#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// The table of `tripartite network`.
const ParameterTable<NetworkConfig>& network_parameters();

/// As connectivity.rule has it.
std::string_view rule_name(Rule rule);

}  // namespace tripartite::config
