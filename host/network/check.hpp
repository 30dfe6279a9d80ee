#pragma once

#include <cstddef>
#include <string_view>

#include "tripartite/network/network.hpp"

namespace tripartite {

/// Throws ConfigError that names population or projection, what was expected and what was found.
void check_setup(const NetworkSetup& setup);

/// Throws ConfigError if `input` cannot take these values.
void check_input(const PopulationSetup& population, std::size_t input);

/// Throws ConfigError if a population cannot take these spikes; null: none.
void check_spikes(std::string_view population, const ModelDescription& model, const SpikeSource* spikes, double dt);

/// Throws ConfigError if `values` cannot replace the base of an input, which has `present` values.
void check_base(std::string_view population, std::string_view input, std::size_t size, std::size_t values,
                std::size_t present);

/// The number of source elements that a projection's state or output has: places in the description of its source.
struct SourcePlace {
  bool is_output = false;  // else a state
  int place = 0;
};
SourcePlace source_place(const NetworkSetup& setup, const Projection& projection);

/// Whether all states of a model are of the slow clock, or none is; a model with both has two clocks.
bool has_slow_states(const ModelDescription& model);
bool has_fast_states(const ModelDescription& model);

}  // namespace tripartite
