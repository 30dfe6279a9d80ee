#include "host/simulation/population_setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/io/sonata_spikes.hpp"
#include "host/simulation/integration.hpp"
#include "host/simulation/spike_views.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {

NetworkSetup population_setup(const config::SynapseConfig& config) {
  NetworkSetup setup;
  const std::size_t synapses = setup.add(config.synapse.chosen(), std::size_t(config.synapses), "synapses");
  config.synapse.apply(setup[synapses]);
  config.stepping.apply(setup);
  set_execution(setup, config.execution);
  return setup;
}

Schedule rate_schedule(const config::SynapseConfig& config) {
  std::vector<std::pair<std::int64_t, Signal>> pieces;
  for (std::size_t i = 0; i < config.drive.times.size(); ++i)
    pieces.push_back({std::llround(config.drive.times[i] / config.stepping.dt),
                      {config.drive.rates[i], config.drive.amplitude, config.drive.frequency, 0}});
  return Schedule(std::move(pieces));
}

Schedule bias_schedule(const config::SynapseConfig& config) {
  std::vector<std::pair<std::int64_t, Signal>> pieces;
  for (std::size_t i = 0; i < config.drive.bias_times.size(); ++i)
    pieces.push_back(
        {std::llround(config.drive.bias_times[i] / config.stepping.dt), {config.drive.biases[i], 0, 0, 0}});
  return Schedule(std::move(pieces));
}

std::shared_ptr<const SpikeSource> spikes_of_file(const std::string& file, const std::string& population, double dt,
                                                  const std::vector<double>& weights, const SpikeTargets* targets) {
  const io::Spikes spikes = io::read_spikes(file, population);
  if (targets != nullptr) targets->delivery = delivery_of(file, spikes, targets->elements, targets->duration, dt);
  std::uint64_t nodes = 0;
  // Each has a train, whether it spikes or not: a file of one line must not take all memory.
  const std::uint64_t most = std::min<std::uint64_t>(1'000'000'000, 1'000'000 + 100 * spikes.nodes.size());
  for (const std::uint64_t node : spikes.nodes) {
    if (node >= most)
      throw FileError(fmt::format("{}: a spike of node {}: expected nodes below {} in a file of {} spikes", file, node,
                                  most, spikes.nodes.size()));
    nodes = std::max(nodes, node + 1);
  }
  std::vector<SpikeTrains::Spike> trains;
  for (std::size_t i = 0; i < spikes.times.size(); ++i)
    trains.push_back({spikes.times[i], spikes.nodes[i], weights[spikes.nodes[i] % weights.size()]});
  try {
    return std::make_shared<SpikeTrains>(trains, nodes, dt);
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("{}: {}", file, error.what()));
  }
}

std::shared_ptr<const SpikeSource> spike_source(const config::SynapseConfig& given, std::vector<double> factor,
                                                const SpikeTargets* targets) {
  config::SynapseConfig config = given;
  config.stepping.dt *= given.stepping.spike_steps;
  const auto& drive = config.drive;
  const auto finer = [&](std::shared_ptr<const SpikeSource> spikes) {
    return at_finer_steps(std::move(spikes), given.stepping.spike_steps);
  };
  if (drive.kind == config::DriveKind::poisson)
    return finer(std::make_shared<PoissonSpikes>(rate_schedule(config), config.stepping.dt, std::uint64_t(config.seed),
                                                 std::uint64_t(drive.trains), std::move(factor)));
  if (drive.kind == config::DriveKind::rate) return nullptr;
  if (!factor.empty()) throw ConfigError("population.varied: \"rate\" has no meaning for spikes from a file");
  return finer(spikes_of_file(drive.spikes, drive.population, config.stepping.dt, {1}, targets));
}

}  // namespace tripartite::simulation
