#include "fuzz/saved_simulations.hpp"

#include "tripartite/calcium/gchi.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::fuzz {

std::unique_ptr<Network> small_network() {
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), 2, "neurons");
  setup.add(model<TripartiteSynapse, Gchi>(), 3, "synapses");
  setup.gather(0, "nu", 1, "rate", {0, 1, 0});
  setup.sum(1, "flow", 0, "drive", {1, 0, 1}, {1, 2, 3});
  setup.method = integrate::Method::rk4;
  setup.backend = Backend::cpu;
  setup.precision = Precision::float64;
  setup.threads = 1;
  return make_network(std::move(setup));
}

std::unique_ptr<attention::Engine<double>> small_attention() {
  attention::EngineSetup setup;
  setup.width = setup.hidden = 2;
  setup.tokens = 2;
  setup.maps = {attention::make_feature_map(attention::Feature::elu1, 2, 2, {})};
  return attention::make_cpu_engine<double>(setup, 1);
}

std::unique_ptr<memory::MemoryEngine<double>> small_memory() {
  memory::MemorySetup setup;
  setup.patterns = memory::Patterns::from_signs(2, 1, std::vector<std::int8_t>{1, -1});
  setup.parameters = memory::regime_parameters(memory::Regime::warm, 2);
  return memory::make_memory_engine<double>(Backend::cpu, setup, 1);
}

}  // namespace tripartite::fuzz
