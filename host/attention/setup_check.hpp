#pragma once

#include "tripartite/attention/engine.hpp"

namespace tripartite::attention {

/// Throws ConfigError if the parts of `setup` do not fit together. Every backend calls it first.
void check_setup(const EngineSetup& setup);

/// Throws ConfigError if tokens [first, first + count) are not all within the engine's capacity.
void check_tokens(const EngineSetup& setup, int first, int count);

}  // namespace tripartite::attention
