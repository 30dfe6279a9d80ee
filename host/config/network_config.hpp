#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/config/synapse_config.hpp"
#include "tripartite/network/connectivity.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/neuron/spike_filter.hpp"

namespace tripartite::config {

/// Default parameters of a model.
std::vector<double> defaults(const Model& model);

enum class Rule {
  fixed_indegree,
  pairwise_bernoulli,
  tripartite_bernoulli_with_pool,
  all_to_all,
  one_to_one,
  distance_dependent,
  file
};
enum class Junctions { none, ring, lattice };
/// Where the spikes come from that enter a group of neurons.
enum class SpikeInput { none, poisson, regular, file };

/// What enters a group of neurons beside the external input of all.
struct GroupInput {
  std::vector<double> values{0.0}, times{0.0};       // [1/s] from each time [s] on
  SpikeInput spikes = SpikeInput::none;              // in trains, each filtered and weighted
  std::vector<double> rates{10.0}, rate_times{0.0};  // [1/s] of poisson and regular trains, from each time [s] on
  std::int64_t trains = 0;                           // independent Poisson trains; 0: one per neuron
  std::string file, population;                      // of listed spikes
  double weight = 1;                                 // w
  std::vector<double> filter = defaults(model<SpikeFilter>());  // its parameters
  std::string neurons = "all";                                  // those of the group that get it
};

/// What recordings.h5 holds.
struct NetworkRecording {
  double interval = 0.05;  // [s] between frames
  std::vector<std::string> fields{"nu", "u", "x", "Gamma_S", "I", "C", "C_s"};
  int elements = 5;                                          // neurons and synapses, evenly spread; 0: all
  std::string neurons, synapses, bare_synapses, astrocytes;  // chosen ones; empty: `elements`, all astrocytes
};

/// Initial states of every calcium model.
std::vector<std::vector<double>> initial_of_cells();

struct NetworkConfig;
/// How many neurons are excitatory; the others are inhibitory.
std::uint64_t excitatory_neurons(const NetworkConfig& config);

/// Everything that decides what `tripartite network` computes.
struct NetworkConfig {
  double duration = 40;  // [s]

  std::int64_t neurons = 100;
  double excitatory = 0.8;                                     // fraction; the others are the last ones
  std::vector<double> neuron = defaults(model<RateNeuron>());  // its parameters
  double initial_rate = 1;

  double external = 3;         // input of every neuron [1/s]
  double external_spread = 0;  // standard deviation over neurons
  double cue = 0;              // added during the cue
  double cue_begin = 0, cue_end = 0;
  double cue_fraction = 1;  // of the neurons, the first ones
  GroupInput excitatory_input, inhibitory_input;

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

  TripartiteConfig synapse;
  std::vector<std::string> varied;  // over tripartite synapses: "O_delta uniform 0.4 1.2"
  std::vector<std::vector<double>> soma_initial = initial_of_cells();  // [calcium_models()][states of the cell]

  Stepping stepping{.method = integrate::Method::exponential_midpoint};
  Coupling coupling = Coupling::staged;
  NetworkRecording recording;
  Execution execution;
  std::int64_t seed = 1;
  Output output;
};

/// Everything that decides what `tripartite sweep --network` computes: `seeds` networks at each point of a grid.
struct NetworkSweepConfig : NetworkConfig {
  std::vector<std::string> over;  // one or two of "synapse.O_G=0:2:5", "connectivity.p=0.01:0.1:10:log"
  std::int64_t seeds = 1;
  double transient = 0;                              // [s] before `duration`; 0: five times the slowest time constant
  double least_amplitude = least_calcium_amplitude;  // [uM]
};

}  // namespace tripartite::config
