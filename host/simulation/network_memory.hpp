#pragma once

#include "host/config/network_config.hpp"

namespace tripartite::simulation {

/// Refuses a network that is known not to fit before its connections are drawn; the network itself counts exactly, but
/// later. Throws MemoryError.
void check_network_memory(const config::NetworkConfig& config);

}  // namespace tripartite::simulation
