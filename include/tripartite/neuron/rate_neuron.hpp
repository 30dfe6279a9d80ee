#pragma once

#include "tripartite/elementary.hpp"
#include "tripartite/model/model.hpp"
#include "tripartite/model/parameters.hpp"

#define TRIPARTITE_RATE_NEURON_PARAMETERS(X)                                            \
  X(tau, "τ_ν", 0.02, "s", positive, "time constant of the rate")                       \
  X(nu_max, "ν_max", 60, "1/s", positive, "largest rate")                               \
  X(theta, "θ", 10, "1/s", 0, "input that drives a neuron to half of its largest rate") \
  X(sigma, "σ", 1.5, "1/s", positive, "width of the response about θ")

namespace tripartite {

/// A neuron's firing rate (Tsodyks, Pawelzik & Markram 1998; docs/models.md, part D).
template <class Value>
struct RateNeuron {
  TRIPARTITE_PARAMETERS(TRIPARTITE_RATE_NEURON_PARAMETERS)

  static constexpr const char* name = "rate_neuron";
  static constexpr const char* title = "rate neuron (Tsodyks, Pawelzik & Markram 1998)";
  struct State {
    enum { rate, count };
  };
  static constexpr int states = State::count;
  static constexpr StateInfo state_infos[] = {{"nu", "ν", "1/s", 1, 0, "firing rate"}};
  struct Input {
    enum { drive, count };
  };
  static constexpr PortInfo input_infos[] = {
      {"drive", "z", "1/s", "external input and synaptic currents, as equivalent rate"}};

  template <class Real>
  TRIPARTITE_HD void rates(const Real (&)[1], const Real (&in)[1], Real (&gain)[1], Real (&loss)[1]) const {
    gain[State::rate] = response(in[Input::drive]) / Real(tau);
    loss[State::rate] = Real(1) / Real(tau);
  }

  /// F(z) [1/s] of the input z.
  template <class Real>
  TRIPARTITE_HD Real response(Real input) const {
    return Real(nu_max) / (Real(1) + exp((theta - input) / Real(sigma)));
  }
};

TRIPARTITE_MODEL(RateNeuron)

}  // namespace tripartite
