#pragma once

#include "host/config/classify_config.hpp"
#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// Everything that can be set for `tripartite classify`.
const ParameterTable<ClassifyConfig>& classify_parameters();

}  // namespace tripartite::config
