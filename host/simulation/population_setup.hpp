#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/config/synapse_config.hpp"
#include "host/simulation/spike_delivery.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/network/spikes.hpp"

namespace tripartite::simulation {

/// The network of one population of synapses that a configuration describes, without varied parameters and drive.
NetworkSetup population_setup(const config::SynapseConfig& config);

/// The drive's rate and the bias of exogenous IP3, by the step they begin at.
Schedule rate_schedule(const config::SynapseConfig& config);
Schedule bias_schedule(const config::SynapseConfig& config);

/// Who hears the spikes of a file, and for how long; asks for a report of what is delivered.
struct SpikeTargets {
  std::uint64_t elements = 0;
  double duration = 0;  // [s]
  std::optional<SpikeDelivery>& delivery;
};

/// Spikes of a file (io::read_spikes) at ends of steps of `dt` [s], those of node j with weight j mod their number.
/// Throws ConfigError, FileError.
std::shared_ptr<const SpikeSource> spikes_of_file(const std::string& file, const std::string& population, double dt,
                                                  const std::vector<double>& weights = {1},
                                                  const SpikeTargets* targets = nullptr);

/// The spikes of the drive; null if it is a rate. `factor` multiplies the rate of each synapse (empty: 1).
std::shared_ptr<const SpikeSource> spike_source(const config::SynapseConfig& config, std::vector<double> factor,
                                                const SpikeTargets* targets = nullptr);

}  // namespace tripartite::simulation
