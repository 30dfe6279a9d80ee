#pragma once

#include "host/config/network_config.hpp"

namespace tripartite::simulation {

/// Connections that the rule draws, on average; 0 where a file says.
double expected_connections(const config::NetworkConfig& config);

/// Bytes that a network with so many connections needs while it is made, about.
double network_bytes(const config::NetworkConfig& config, double connections);

/// Refuses a network that is known not to fit before its connections are drawn; the network itself counts exactly, but
/// later. Throws MemoryError.
void check_network_memory(const config::NetworkConfig& config);

}  // namespace tripartite::simulation
