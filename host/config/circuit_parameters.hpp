#pragma once

#include "host/config/parameter_table.hpp"
#include "tripartite/config/circuit_config.hpp"

namespace tripartite::config {

/// The table of `tripartite network`.
const ParameterTable<CircuitConfig>& circuit_parameters();

}  // namespace tripartite::config
