#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tripartite/model/description.hpp"

namespace tripartite::simulation {

/// One entry of population.varied with its values.
struct VariedParameter {
  std::optional<int> parameter;  // place in the description of the model; none: "rate"
  std::vector<double> values;
};

/// The elements that an entry of population.varied is about.
struct VariedElements {
  const ModelDescription& model;
  std::string_view plural;  // "synapses"
  std::size_t count = 0;
  std::size_t populations = 1;
  std::function<std::size_t(std::size_t element)> population = [](std::size_t) { return std::size_t(0); };
};

/// Draws or reads what `entry` ("O_delta uniform 0.4 1.2") says, a value per element: a pure function of entry, seed
/// and element. Throws ConfigError, FileError.
VariedParameter read_varied(const std::string& entry, const VariedElements& elements, std::uint64_t seed);

}  // namespace tripartite::simulation
