#pragma once

#include "host/config/parameter_table.hpp"
#include "tripartite/config/generate_config.hpp"

namespace tripartite::config {

/// The table of `tripartite generate`.
const ParameterTable<GenerateConfig>& generate_parameters();

}  // namespace tripartite::config
