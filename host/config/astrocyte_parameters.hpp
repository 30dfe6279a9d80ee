#pragma once

#include "host/config/parameter_table.hpp"
#include "tripartite/config/astrocyte_config.hpp"

namespace tripartite::config {

/// The table of `tripartite astrocyte`.
const ParameterTable<AstrocyteConfig>& astrocyte_parameters();

}  // namespace tripartite::config
