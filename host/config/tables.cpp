#include "host/config/tables.hpp"

#include "host/config/astrocyte_parameters.hpp"
#include "host/config/attend_parameters.hpp"
#include "host/config/circuit_parameters.hpp"
#include "host/config/classify_parameters.hpp"
#include "host/config/generate_parameters.hpp"
#include "host/config/memory_parameters.hpp"
#include "host/config/study_parameters.hpp"
#include "host/config/synapse_parameters.hpp"

namespace tripartite::config {

std::vector<TableDescription> all_tables() {
  return {attend_parameters().description(),   generate_parameters().description(),
          classify_parameters().description(), astrocyte_parameters().description(),
          synapse_parameters().description(),  sweep_parameters().description(),
          circuit_parameters().description(),  recall_parameters().description(),
          capacity_parameters().description(), study_parameters().description()};
}

}  // namespace tripartite::config
