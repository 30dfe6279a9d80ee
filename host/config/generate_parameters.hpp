#pragma once

#include "host/config/generate_config.hpp"
#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// The table of `tripartite generate`.
const ParameterTable<GenerateConfig>& generate_parameters();

}  // namespace tripartite::config
