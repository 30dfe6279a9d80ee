#pragma once

#include <cmath>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/bare_synapse.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {

/// Parts of a network, each of a size that is no multiple of a warp. 0: the population is there and empty.
struct Parts {
  const char* name;
  std::size_t neurons, bare, synapses, astrocytes;
  bool has_somata, is_varied;
};
inline void PrintTo(const Parts& parts, std::ostream* out) { *out << parts.name; }

/// Some neurons have many inputs and some none, likewise astrocytes and processes.
inline Index ragged(std::size_t k, std::size_t count) {
  return Index((k * k % 101 * k % 89) % count * (k % 3 > 0 ? 1 : 0));
}

/// Neurons, bare synapses, tripartite synapses and astrocytes, in this order.
inline NetworkSetup network_of(const Parts& parts) {
  NetworkSetup setup;
  const auto neurons = setup.add(model<RateNeuron>(), parts.neurons, "neurons");
  const auto bare = setup.add(model<BareSynapse>(), parts.bare, "bare");
  const auto synapses = setup.add(model<TripartiteSynapse, Gchi>(), parts.synapses, "synapses");
  const auto astrocytes = setup.add(model<Astrocyte, Gchi>(), parts.astrocytes, "astrocytes");
  std::vector<double> rate, input;
  for (std::size_t i = 0; i < parts.neurons; ++i) {
    rate.push_back(2 + 0.3 * double(i));
    input.push_back(6 + 0.2 * double(i % 7));
  }
  setup[neurons].start("nu", rate).input("drive").base = input;
  const auto connect = [&](std::size_t population, std::size_t first) {
    std::vector<Index> pre, post;
    std::vector<double> efficacy;
    for (std::size_t k = 0; k < setup[population].size; ++k) {
      pre.push_back(Index((first + 5 * k + k / 7) % parts.neurons));
      post.push_back(ragged(first + k, parts.neurons));
      efficacy.push_back(k % 5 == 0 ? -0.4 : 0.2 + 0.01 * double(k % 11));
    }
    setup.gather(neurons, "nu", population, "rate", pre);
    setup.sum(population, "flow", neurons, "drive", post, efficacy);
  };
  connect(bare, 3);
  connect(synapses, 11);
  setup[synapses].start("I", 0.6).start("C", 0.2).set("C_Theta", 0.21);  // soon crossed
  if (parts.is_varied) {
    std::vector<double> production, threshold;
    for (std::size_t k = 0; k < parts.synapses; ++k) {
      production.push_back(0.5 + 0.01 * double(k % 37));
      threshold.push_back(0.202 + 0.0005 * double(k % 53));
    }
    setup[synapses].vary("O_delta", production).vary("C_Theta", threshold);
  }
  if (parts.astrocytes > 0) {
    std::vector<std::pair<Index, Index>> junctions{{0, 2}};
    for (std::size_t a = 0; a < parts.astrocytes; ++a)
      junctions.emplace_back(Index(a), Index((a + 1) % parts.astrocytes));
    setup.pair(astrocytes, "junctions", junctions);
    std::vector<double> source(parts.astrocytes, 0.1);
    source[parts.astrocytes / 2] = 1.5;
    setup[astrocytes].start("I", 0.2).set("exogenous_ip3", "true").input("source_ip3").base = source;
  }
  if (parts.has_somata) {
    std::vector<Index> astrocyte;
    for (std::size_t k = 0; k < parts.synapses; ++k) astrocyte.push_back(ragged(k, parts.astrocytes - 1));
    std::vector<double> has_processes(parts.astrocytes, 0);
    for (const Index a : astrocyte) has_processes[a] = 1;
    setup[astrocytes].set("processes", "true").input("has_processes").base = has_processes;
    setup[synapses].set("soma", "true");
    setup.gather(astrocytes, "I", synapses, "soma_ip3", astrocyte);
    setup.mean(synapses, "I", astrocytes, "process_ip3", astrocyte);
  }
  return setup;
}

/// The values of all fields, by name.
template <class Real>
std::vector<std::pair<std::string, std::vector<Real>>> everything(const Network& network) {
  std::vector<std::pair<std::string, std::vector<Real>>> all;
  for (std::size_t f = 0; f < network.fields().size(); ++f) {
    const Field& field = network.fields()[f];
    all.emplace_back(field.population + "." + field.name, std::vector<Real>(field.size));
    network.read(f, 0, std::span<Real>(all.back().second));
  }
  return all;
}

}  // namespace tripartite
