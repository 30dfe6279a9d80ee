// million_synapses [SYNAPSES]: tripartite synapses at presynaptic rates up to 5 /s for 10 s; prints their calcium.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

int main(int argc, char** argv) {
  using namespace tripartite;
  std::vector<float> calcium(argc > 1 ? std::stoul(argv[1]) : 1'000'000);
  NetworkSetup setup;
  const auto synapses = setup.add(model<TripartiteSynapse, Gchi>(), calcium.size(), "synapses");
  InputSetup& rate = setup[synapses].input("rate");
  rate.common.mean = 5;  // [1/s]
  for (std::size_t i = 0; i < calcium.size(); ++i) rate.factor.push_back(double(i) / double(calcium.size()));
  const auto network = make_network(setup);
  network->advance(10);  // [s]
  network->read(network->field("synapses", "C"), 0, calcium);
  const auto [lowest, highest] = std::minmax_element(calcium.begin(), calcium.end());
  std::printf("%g s: calcium of %zu synapses from %g to %g uM\n", network->time(), calcium.size(), *lowest, *highest);
}
