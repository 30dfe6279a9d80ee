#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/config/network_config.hpp"
#include "host/config/settings.hpp"
#include "host/simulation/sweep_axes.hpp"

namespace tripartite::simulation {

/// The networks of a sweep: `seeds` at each point of a grid over one or two numbers of their configuration.
class NetworkGrid {
 public:
  /// Throws ConfigError if `config.over` does not name one or two different ones that can be swept.
  explicit NetworkGrid(const config::NetworkSweepConfig& config);

  const std::vector<SweepAxis>& axes() const { return axes_; }
  std::size_t seeds() const { return seeds_; }
  std::size_t points() const { return points_of(axes_); }
  std::size_t networks() const { return points() * seeds_; }

  /// Number `network` of [point][seed], as `tripartite network` would be told of it. Throws ConfigError where the
  /// values do not fit together.
  config::NetworkConfig at(std::size_t network) const;
  /// Throws what `at` throws for any network.
  void check() const;

 private:
  config::Settings settings_;       // of all that is not swept
  std::vector<std::string> given_;  // as the axes were given
  std::vector<SweepAxis> axes_;
  std::vector<bool> is_whole_;  // [axes] whether it is a count
  std::size_t seeds_;
};

}  // namespace tripartite::simulation
