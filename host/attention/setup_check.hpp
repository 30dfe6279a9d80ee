#pragma once

#include "tripartite/attention/engine.hpp"

namespace tripartite::attention {

/// Throws ConfigError if the parts of `setup` do not fit together. Every backend calls it first.
void check_setup(const EngineSetup& setup);

/// Throws ConfigError if tokens [first, first + count) are not all within the engine's capacity.
void check_tokens(const EngineSetup& setup, int first, int count);

/// Throws ConfigError unless the head has this element of the field; `elements`: of a head.
void check_element(Field field, int head, std::size_t index, int heads, std::size_t elements);

/// Throws ConfigError for a field that synapses share, so that no single value of it can be replaced.
void check_settable(Field field);

}  // namespace tripartite::attention
