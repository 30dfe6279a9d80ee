#pragma once

#include <cstdint>
#include <functional>
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

/// The synapses that an entry of population.varied is about.
struct VariedSynapses {
  std::size_t count = 0;
  std::size_t populations = 1;
  std::function<std::size_t(std::size_t synapse)> population = [](std::size_t) { return std::size_t(0); };
};

/// Draws or reads what `entry` ("O_delta uniform 0.4 1.2") says, a value per synapse: a pure function of entry, seed
/// and synapse. Throws ConfigError, FileError.
VariedParameter read_varied(const std::string& entry, const VariedSynapses& synapses, std::uint64_t seed);

}  // namespace tripartite::simulation
