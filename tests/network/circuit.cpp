#include "network/circuit.hpp"

#include <algorithm>

#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/bare_synapse.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

/// Sets what the model has of these parameters.
void set_parameters(PopulationSetup& population, const std::map<std::string, double>& parameters) {
  for (const auto& [name, value] : parameters)
    for (const ParameterInfo& info : population.model->description.parameters)
      if (name == info.name) population.set(name, value);
}

void add_astrocytes(NetworkSetup& setup, const Circuit& circuit) {
  setup.add(model<Astrocyte, Gchi>(), circuit.astrocytes, "astrocytes");
  set_parameters(setup[part::astrocytes], circuit.parameters);
  if (!circuit.soma_bias.empty()) {
    setup[part::astrocytes].set("exogenous_ip3", "true");
    setup[part::astrocytes].input("source_ip3").base = circuit.soma_bias;
  }
  setup.pair(part::astrocytes, "junctions", circuit.gap_junctions);
  if (!circuit.has_soma) return;
  setup[part::synapses].set("soma", "true");
  setup[part::astrocytes].set("processes", "true");
  std::vector<double>& has_processes = setup[part::astrocytes].input("has_processes").base;
  has_processes.assign(circuit.astrocytes, 0);
  for (const Index astrocyte : circuit.astrocyte) has_processes.at(astrocyte) = 1;
  setup.gather(part::astrocytes, "I", part::synapses, "soma_ip3", circuit.astrocyte);
  setup.mean(part::synapses, "I", part::astrocytes, "process_ip3", circuit.astrocyte);
}

}  // namespace

NetworkSetup network_setup(const Circuit& circuit) {
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), circuit.initial_rate.size(), "neurons");
  setup.add(model<BareSynapse>(), circuit.bare.pre.size(), "bare synapses");
  setup.add(model<TripartiteSynapse, Gchi>(), circuit.wrapped.pre.size(), "synapses");
  setup[part::neurons].start("nu", circuit.initial_rate);
  setup[part::neurons].input("drive").base = circuit.input;
  set_parameters(setup[part::bare_synapses], circuit.parameters);
  set_parameters(setup[part::synapses], circuit.parameters);
  for (const auto& [name, values] : circuit.varied) setup[part::synapses].vary(name, values);
  setup.gather(part::neurons, "nu", part::bare_synapses, "rate", circuit.bare.pre);
  setup.gather(part::neurons, "nu", part::synapses, "rate", circuit.wrapped.pre);
  setup.sum(part::bare_synapses, "flow", part::neurons, "drive", circuit.bare.post, circuit.bare.efficacy);
  setup.sum(part::synapses, "flow", part::neurons, "drive", circuit.wrapped.post, circuit.wrapped.efficacy);
  add_astrocytes(setup, circuit);
  setup.method = circuit.method;
  setup.coupling = circuit.coupling;
  setup.dt = circuit.dt;
  setup.substeps = circuit.substeps;
  setup.slow_every = circuit.slow_every;
  setup.relative_tolerance = circuit.relative_tolerance;
  setup.absolute_tolerance = circuit.absolute_tolerance;
  setup.threads = circuit.threads;
  setup.backend = Backend::cpu;
  return setup;
}

}  // namespace tripartite
