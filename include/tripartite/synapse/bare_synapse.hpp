#pragma once

#include "tripartite/model/model.hpp"
#include "tripartite/model/parameters.hpp"
#include "tripartite/synapse/release.hpp"

#define TRIPARTITE_BARE_SYNAPSE_PARAMETERS(X)                                   \
  X(U_0_star, "U_0*", 0.6, "", 0, "resting release probability of the synapse") \
  X(Omega_f, "Ω_f", 3.33, "1/s", positive, "decay of facilitation")             \
  X(Omega_d, "Ω_d", 2.0, "1/s", positive, "recovery of the releasable resources")

namespace tripartite {

/// A synapse without an astrocyte, driven by a rate (Tsodyks & Markram 1997; docs/models.md, part D).
template <class Value>
struct BareSynapse {
  TRIPARTITE_PARAMETERS(TRIPARTITE_BARE_SYNAPSE_PARAMETERS)

  static constexpr const char* name = "bare_synapse";
  static constexpr const char* title = "synapse with short-term plasticity (Tsodyks & Markram 1997)";
  struct State {
    enum { utilisation, resources, count };
  };
  static constexpr int states = State::count;
  static constexpr StateInfo state_infos[] = {
      {"u", "u", "1", 0, 1, "fraction of the resources that the next spike uses"},
      {"x", "x", "1", 1, 1, "releasable resources"}};
  struct Input {
    enum { rate, count };
  };
  static constexpr PortInfo input_infos[] = {{"rate", "ν", "1/s", "firing rate of the presynaptic neuron"}};
  struct Output {
    enum { flow, count };
  };
  static constexpr PortInfo output_infos[] = {{"flow", "r ν", "1/s", "resources released per time"}};

  template <class Real>
  TRIPARTITE_HD void rates(const Real (&y)[2], const Real (&in)[1], Real (&gain)[2], Real (&loss)[2]) const {
    const auto release = release_rates(*this, Real(U_0_star), y[State::utilisation], in[Input::rate]);
    gain[State::utilisation] = release.utilisation_gain;
    loss[State::utilisation] = release.utilisation_loss;
    gain[State::resources] = release.resources_gain;
    loss[State::resources] = release.resources_loss;
  }

  template <class Real>
  TRIPARTITE_HD void outputs(const Real (&y)[2], const Real (&in)[1], Real (&out)[1]) const {
    const Real used = y[State::utilisation] + Real(U_0_star) * (Real(1) - y[State::utilisation]);
    out[Output::flow] = used * y[State::resources] * in[Input::rate];
  }
};

TRIPARTITE_MODEL(BareSynapse)

}  // namespace tripartite
