#pragma once

#include <utility>

#include "host/config/network_config.hpp"
#include "host/config/settings.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::cli {

/// Edges of a file need no number of neurons: the file has one. Throws FileError.
config::Settings with_neurons_of_file(config::Settings settings);

/// Adaptive methods of networks are the CPU's. Throws ConfigError if CUDA was asked for by name.
template <class Config>
Config with_backend_of_solver(Config config) {
  if (is_adaptive(config.stepping.method))
    config.execution.backend = network_backend(config.execution.backend, config.stepping.method, true);
  return config;
}

}  // namespace tripartite::cli
