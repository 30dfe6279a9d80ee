#pragma once

#include "tripartite/attention/engine.hpp"

namespace tripartite::attention {

/// Throws ConfigError if the parts of `setup` do not fit together. Every backend calls it first.
void check_setup(const EngineSetup& setup);

}  // namespace tripartite::attention
