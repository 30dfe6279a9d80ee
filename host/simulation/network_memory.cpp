#include "host/simulation/network_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>

#include "host/backend/require_memory.hpp"
#include "host/config/network_parameters.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/bare_synapse.hpp"

namespace tripartite::simulation {

using config::NetworkConfig;

double expected_connections(const NetworkConfig& c) {
  const auto neurons = static_cast<double>(c.neurons);
  const double others = std::max(neurons - 1, 0.0);
  switch (c.rule) {
    case config::Rule::fixed_indegree: return neurons * static_cast<double>(c.indegree);
    case config::Rule::pairwise_bernoulli:
    case config::Rule::tripartite_bernoulli_with_pool: return neurons * others * c.p;
    case config::Rule::all_to_all: return neurons * others;
    case config::Rule::one_to_one: return neurons;
    case config::Rule::distance_dependent:
      return neurons * c.p * std::min(others, 2 * std::numbers::pi * c.radius * c.radius);
    case config::Rule::file: return 0;
  }
  return 0;
}

double network_bytes(const NetworkConfig& c, double connections) {
  const double number = c.execution.precision == Precision::float64 ? 8 : 4;
  const auto states = [&](const ModelDescription& model) { return number * double(model.states.size()); };
  // Connections as they are drawn, as the populations want them, and as the network keeps them.
  const double tripartite = c.astrocytes > 0 ? c.p_third : 0;
  const double synapse = 24 + 16 + 32 + 2 * number + (1 - tripartite) * states(model<BareSynapse>().description) +
                         tripartite * states(c.synapse.description());
  const double neuron = 32 + number + states(model<RateNeuron>().description);
  return connections * synapse + static_cast<double>(c.neurons) * neuron;
}

void check_network_memory(const NetworkConfig& c) {
  const double connections = expected_connections(c);
  require_memory(fmt::format("population.neurons = {}, {:.3g} connections (connectivity.rule = {})", c.neurons,
                             connections, config::rule_name(c.rule)),
                 network_bytes(c, connections), static_cast<double>(available_host_memory()),
                 "fewer neurons or connections need less");
}

}  // namespace tripartite::simulation
