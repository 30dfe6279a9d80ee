#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tripartite/config/synapse_config.hpp"
#include "tripartite/network/connectivity.hpp"

namespace tripartite::config {

enum class Rule { fixed_indegree, pairwise_bernoulli, all_to_all, one_to_one, distance_dependent, file };
enum class Junctions { none, ring, lattice };

/// Everything that decides what `tripartite network` computes.
struct CircuitConfig {
  double duration = 40;  // [s]

  std::int64_t neurons = 100;
  double excitatory = 0.8;  // fraction; the others are the last ones
  neuron::RateNeuron<double> neuron;
  double initial_rate = 1;

  double external = 3;         // input of every neuron [1/s]
  double external_spread = 0;  // standard deviation over neurons
  double cue = 0;              // added during the cue
  double cue_begin = 0, cue_end = 0;
  double cue_fraction = 1;  // of the neurons, the first ones

  Rule rule = Rule::fixed_indegree;
  int indegree = 10;
  double p = 0.1;
  double radius = 3;
  std::string edges;                  // SONATA file
  std::string edge_population;        // of that file; empty: the only one
  double efficacy_excitatory = 0.3;   // J
  double efficacy_inhibitory = -0.3;  // J
  double p_third = 1;
  int pool_size = 1;
  network::PoolType pool_type = network::PoolType::block;

  std::int64_t astrocytes = 10;
  bool somata = true;
  Junctions junctions = Junctions::ring;
  double junction_flux = 0.09;
  std::vector<std::int64_t> stimulated;
  double stimulus = 1;          // I_bias [uM] of the stimulated somata
  double stimulus_on = 20;      // [s]
  double stimulus_period = 50;  // [s]

  synapse::Parameters<double> parameters = synapse::standard_parameters();
  std::vector<std::string> varied;  // over tripartite synapses: "O_delta uniform 0.4 1.2"
  bool exogenous_ip3 = false;
  astrocyte::Flux flux = astrocyte::Flux::smooth;
  std::array<double, synapse::state_count> initial = standard_initial();
  std::array<double, 3> soma_initial{0.01, 0.01, 0.9};

  Stepping stepping;
  network::Coupling coupling = network::Coupling::staged;
  double interval = 0.05;  // [s] between frames
  int recorded = 5;        // neurons and synapses
  Execution execution;
  std::int64_t seed = 1;
  Output output;
};

}  // namespace tripartite::config
