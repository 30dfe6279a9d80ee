#pragma once

#include <memory>

#include "support/values.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {

using Synapse = TripartiteSynapse<double, Gchi>;

/// Tripartite synapses that do not act on each other.
inline NetworkSetup small_setup(std::size_t synapses, integrate::Method method) {
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), synapses, "synapses");
  setup.method = method;
  setup.backend = Backend::cpu;
  return setup;
}

template <class Real>
std::unique_ptr<Network> make_ensemble(NetworkSetup setup) {
  setup.precision = sizeof(Real) == 8 ? Precision::float64 : Precision::float32;
  return make_network(std::move(setup));
}

inline void advance(Network& ensemble, std::int64_t steps, const Signal& rate) {
  ensemble.set_common(0, "rate", rate);
  ensemble.advance_steps(steps);
}

}  // namespace tripartite
