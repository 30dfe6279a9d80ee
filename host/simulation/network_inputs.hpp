#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/config/network_config.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::simulation {

/// What enters one group of neurons beside the external input (docs/models.md, part D): currents that change at given
/// times, and filtered spikes.
class GroupInputs {
 public:
  /// The neurons [first, first + count) are the group called `name`, number `group` of the network.
  GroupInputs(const config::NetworkConfig& config, const config::GroupInput& input, std::string name,
              std::uint64_t group, std::uint64_t first, std::uint64_t count);

  /// Adds the filters of the spikes, if there are any, and what leads from them to the neurons. Throws ConfigError,
  /// FileError.
  void add_spikes(NetworkSetup& setup, std::size_t neurons);
  /// Adds the current in the steps from `step` on to what enters all neurons.
  void add_current(std::int64_t step, std::vector<double>& drive) const;
  /// The first step after `step` at which the current changes.
  std::int64_t next_change(std::int64_t step) const { return current_.next_change(step); }

  /// The population of filters; none if there are no spikes.
  std::optional<std::size_t> filters() const { return filters_; }
  const std::vector<std::uint64_t>& neurons() const { return neurons_; }
  std::string population() const { return name_ + " spikes"; }
  double weight() const { return input_.weight; }

 private:
  std::shared_ptr<const SpikeSource> source() const;
  std::vector<SpikeTrains::Spike> regular_spikes() const;

  config::GroupInput input_;
  std::string name_;
  double dt_, duration_;
  std::uint64_t seed_;                  // of the group's spikes
  std::vector<std::uint64_t> neurons_;  // that get the input
  Schedule current_, rate_;
  std::optional<std::size_t> filters_;
};

}  // namespace tripartite::simulation
