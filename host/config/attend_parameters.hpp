#pragma once

#include "host/config/parameter_table.hpp"
#include "tripartite/config/attend_config.hpp"

namespace tripartite::config {

/// The table of `tripartite attend`.
const ParameterTable<AttendConfig>& attend_parameters();

}  // namespace tripartite::config
