#pragma once

#include "host/config/parameter_table.hpp"
#include "tripartite/config/classify_config.hpp"

namespace tripartite::config {

/// Everything that can be set for `tripartite classify`.
const ParameterTable<ClassifyConfig>& classify_parameters();

}  // namespace tripartite::config
