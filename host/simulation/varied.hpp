#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::simulation {

/// One entry of population.varied with its values.
struct VariedParameter {
  std::optional<synapse::ParameterIndex> parameter;  // none: "rate"
  std::vector<double> values;
};

/// Draws or reads what `entry` ("O_delta uniform 0.4 1.2") says, a value per synapse: a pure function of entry, seed
/// and synapse. Throws ConfigError, FileError.
VariedParameter read_varied(const std::string& entry, std::size_t synapses, std::uint64_t seed);

}  // namespace tripartite::simulation
