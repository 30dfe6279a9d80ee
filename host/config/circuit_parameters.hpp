#pragma once

#include "host/config/circuit_config.hpp"
#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// The table of `tripartite network`.
const ParameterTable<CircuitConfig>& circuit_parameters();

}  // namespace tripartite::config
