// network_by_hand [SECONDS]: rate neurons on tripartite synapses, and astrocytes in a ring of gap junctions, the first
// of which is stimulated. Prints when the calcium of each astrocyte first crosses its threshold.
#include <cstdio>
#include <string>
#include <vector>

#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/connectivity.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

using namespace tripartite;

int main(int argc, char** argv) {
  const double duration = argc > 1 ? std::stod(argv[1]) : 40;
  const std::size_t neuron_count = 200, astrocyte_count = 10;
  const network::Edges edges = network::fixed_indegree(neuron_count, 10, 1);

  NetworkSetup setup;
  const auto neurons = setup.add(model<RateNeuron>(), neuron_count, "neurons");
  const auto synapses = setup.add(model<TripartiteSynapse, Gchi>(), edges.size(), "synapses");
  const auto astrocytes = setup.add(model<Astrocyte, Gchi>(), astrocyte_count, "astrocytes");

  // A synapse sees the rate of its presynaptic neuron; a neuron adds up what its synapses release.
  setup.gather(neurons, "nu", synapses, "rate", edges.pre);
  setup.sum(synapses, "flow", neurons, "drive", edges.post, std::vector<double>(edges.size(), 0.1));
  setup[neurons].input("drive").common.mean = 3;  // [1/s]

  // The synapses onto a neuron are wrapped by one astrocyte, whose soma exchanges IP3 with its processes.
  std::vector<Index> astrocyte_of;
  for (const Index neuron : edges.post) astrocyte_of.push_back(Index(neuron * astrocyte_count / neuron_count));
  setup.gather(astrocytes, "I", synapses, "soma_ip3", astrocyte_of);
  setup.mean(synapses, "I", astrocytes, "process_ip3", astrocyte_of);
  setup[synapses].set("soma", "true").set("D_p", 0.1);  // [1/s]
  setup[astrocytes].set("processes", "true").set("D_p", 0.1).input("has_processes").common.mean = 1;

  // Gap junctions between neighbours; an exogenous source of IP3 at the first astrocyte.
  setup.pair(astrocytes, "junctions", network::ring_junctions(astrocyte_count));
  setup[astrocytes].set("F", 0.5).set("exogenous_ip3", "true").input("source_ip3").base.assign(astrocyte_count, 0);
  setup[astrocytes].input("source_ip3").base[0] = 2;  // [uM]

  const auto network = make_network(setup);
  network->advance(duration);
  std::vector<bool> has_crossed(astrocyte_count);
  for (const Event& event : network->take_events()) {
    if (event.population != astrocytes || has_crossed[event.index]) continue;
    has_crossed[event.index] = true;
    std::printf("%6.3f s  astrocyte %d\n", event.time, int(event.index));
  }
  std::printf("mean rate %.3g /s, mean calcium of processes %.3g uM\n", network->mean(network->field("neurons", "nu")),
              network->mean(network->field("synapses", "C")));
}
