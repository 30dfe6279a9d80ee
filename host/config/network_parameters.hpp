#pragma once

#include "host/config/network_config.hpp"
#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// The parameters of a network, for every command that has one: NetworkConfig, NetworkSweepConfig.
template <class Config>
void add_network_parameters(ParameterTable<Config>& table);

/// The table of `tripartite network`.
const ParameterTable<NetworkConfig>& network_parameters();

/// The table of `tripartite sweep --network`: that of network, and what is swept.
const ParameterTable<NetworkSweepConfig>& network_sweep_parameters();

/// As connectivity.rule has it.
std::string_view rule_name(Rule rule);

}  // namespace tripartite::config
