#include "host/config/tables.hpp"

#include "host/config/attend_parameters.hpp"

namespace tripartite::config {

std::vector<TableDescription> all_tables() { return {attend_parameters().description()}; }

}  // namespace tripartite::config
