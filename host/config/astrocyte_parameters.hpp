#pragma once

#include "host/config/astrocyte_config.hpp"
#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// The table of `tripartite astrocyte`.
const ParameterTable<AstrocyteConfig>& astrocyte_parameters();

}  // namespace tripartite::config
