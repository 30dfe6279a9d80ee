#pragma once

#include <memory>
#include <string>

#include "tripartite/config/synapse_config.hpp"
#include "tripartite/synapse/spike_sources.hpp"

namespace tripartite::simulation {

/// What a configuration says about a population, without parameters that vary.
synapse::EnsembleSetup population_setup(const config::SynapseConfig& config);

/// The presynaptic rate and I_bias over the steps of the run.
synapse::Schedule rate_schedule(const config::SynapseConfig& config);
synapse::Schedule bias_schedule(const config::SynapseConfig& config);

/// The spikes of a population of a SONATA file (empty: of the only one), a train per node. Throws FileError,
/// ConfigError.
std::unique_ptr<synapse::SpikeSource> spikes_of_file(const std::string& file, const std::string& population, double dt);

/// The spikes that drive a population, or null where a rate does. `factor` multiplies the rate of each synapse (empty:
/// 1). Throws ConfigError, FileError.
std::unique_ptr<synapse::SpikeSource> spike_source(const config::SynapseConfig& config, std::vector<double> factor);

}  // namespace tripartite::simulation
