#pragma once

#include "host/config/attend_config.hpp"
#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// The table of `tripartite attend`.
const ParameterTable<AttendConfig>& attend_parameters();

}  // namespace tripartite::config
