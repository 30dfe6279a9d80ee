#pragma once

#include "tripartite/elementary.hpp"
#include "tripartite/model/model.hpp"
#include "tripartite/model/parameters.hpp"

#define TRIPARTITE_SPIKE_FILTER_PARAMETERS(X) \
  X(tau_s, "τ_s", 0.01, "s", positive, "time constant of the input current that a spike brings")

namespace tripartite {

/// A train of spikes as a rate neuron sees it, through a synapse of time constant τ_s (Dayan & Abbott 2001,
/// section 7.2; docs/models.md, part D): each spike adds weight/τ_s to s, which decays, so that its integral is the
/// weight.
template <class Value>
struct SpikeFilter {
  TRIPARTITE_PARAMETERS(TRIPARTITE_SPIKE_FILTER_PARAMETERS)

  static constexpr const char* name = "spike_filter";
  static constexpr const char* title = "filtered spikes (Dayan & Abbott 2001)";
  struct State {
    enum { filtered, count };
  };
  static constexpr int states = State::count;
  static constexpr StateInfo state_infos[] = {{"s", "s", "1/s", 0, 0, "filtered spikes; their mean is the rate"}};
  struct Input {
    enum { rate, count };
  };
  static constexpr PortInfo input_infos[] = {{"rate", "ν", "1/s", "rate that enters beside spikes", Clock::fast, true}};

  template <class Real>
  TRIPARTITE_HD void rates(const Real (&)[1], const Real (&in)[1], Real (&gain)[1], Real (&loss)[1]) const {
    gain[State::filtered] = in[Input::rate] / Real(tau_s);
    loss[State::filtered] = Real(1) / Real(tau_s);
  }

  static constexpr bool spikes_have_weight = true;
  template <class Real, class Mask>
  TRIPARTITE_HD void spike(Real (&y)[1], Mask here, Real weight) const {
    y[State::filtered] = select(here, y[State::filtered] + weight / Real(tau_s), y[State::filtered]);
  }

  static constexpr bool depends(int, int) { return true; }
  template <class Real>
  TRIPARTITE_HD void jacobian(const Real (&)[1], const Real (&)[1], Real (&j)[1][1]) const {
    j[0][0] = -(Real(1) / Real(tau_s));
  }
};

TRIPARTITE_MODEL(SpikeFilter)

}  // namespace tripartite
