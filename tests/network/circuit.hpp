#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tripartite/network/network.hpp"

namespace tripartite {

/// Rate neurons on bare and tripartite synapses, astrocytes with somata and gap junctions (docs/models.md, part D), by
/// lists of connections.
struct Circuit {
  /// From neuron `pre` to neuron `post` with efficacy J (negative: inhibitory).
  struct Connections {
    std::vector<Index> pre, post;
    std::vector<double> efficacy;
  };

  std::vector<double> initial_rate;  // [neurons]
  std::vector<double> input;         // external input [neurons]
  Connections bare, wrapped;
  std::vector<Index> astrocyte;              // [wrapped] whose process wraps the synapse
  bool has_soma = false;                     // whether processes exchange IP3 with somata
  std::map<std::string, double> parameters;  // of synapses, and of somata that have one of that name
  std::vector<std::pair<std::string, std::vector<double>>> varied;  // of tripartite synapses

  std::size_t astrocytes = 0;                          // with somata; 0: none is simulated
  std::vector<std::pair<Index, Index>> gap_junctions;  // each once
  std::vector<double> soma_bias;                       // [astrocytes] of a source of IP3 at every soma; empty: none

  integrate::Method method = integrate::Method::exponential_euler;
  Coupling coupling = Coupling::staged;
  double dt = 1e-3;
  int substeps = 1, slow_every = 1;
  double relative_tolerance = 1e-6, absolute_tolerance = 1e-9;
  int threads = 0;
};

/// Numbers of the populations of a circuit.
namespace part {
inline constexpr std::size_t neurons = 0, bare_synapses = 1, synapses = 2, astrocytes = 3;
}

/// Four populations and the projections between them. The external input is the base of the neurons' drive.
NetworkSetup network_setup(const Circuit& circuit);

}  // namespace tripartite
