#pragma once

#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

// Two clocks (docs/models.md, Integrators): what release moves takes every step, the astrocyte's own states one step in
// the time of several, with the mean of the receptors Γ_A over it.

namespace tripartite::synapse {

inline constexpr int fast_count = 6, slow_count = 4;

/// The places of the states of each clock among all.
TRIPARTITE_HD constexpr int fast_state(int i) { return i < 5 ? i : int(released); }
TRIPARTITE_HD constexpr int slow_state(int i) { return int(ip3) + i; }
static_assert(fast_state(4) == astrocytic && slow_state(0) == astrocytic + 1 && slow_state(3) == gliotransmitter &&
              gliotransmitter + 1 == released && released + 1 == state_count);

/// The fast states as a system of their own, in which calcium stands still.
template <class Value, class Real>
struct FastPart {
  static constexpr int states = fast_count;
  const TripartiteSynapse<Value>& model;
  Real held;

  TRIPARTITE_HD void rates(const Real (&fast)[states], const Input<Real>& in, Real (&gain)[states],
                           Real (&loss)[states]) const {
    Real y[state_count], all_gain[state_count], all_loss[state_count];
    for (int i = 0; i < states; ++i) y[fast_state(i)] = fast[i];
    y[synapse::calcium] = held;
    model.fast_rates(y, in, all_gain, all_loss);
    for (int i = 0; i < states; ++i) {
      gain[i] = all_gain[fast_state(i)];
      loss[i] = all_loss[fast_state(i)];
    }
  }
};

/// The slow states as a system of their own, in which receptors stand still.
template <class Value, class Real>
struct SlowPart {
  static constexpr int states = slow_count;
  const TripartiteSynapse<Value>& model;
  Real receptors;

  TRIPARTITE_HD void rates(const Real (&slow)[states], const Input<Real>& in, Real (&gain)[states],
                           Real (&loss)[states]) const {
    Real y[state_count], all_gain[state_count], all_loss[state_count];
    for (int i = 0; i < states; ++i) y[slow_state(i)] = slow[i];
    y[astrocytic] = receptors;
    model.slow_rates(y, in, all_gain, all_loss);
    for (int i = 0; i < states; ++i) {
      gain[i] = all_gain[slow_state(i)];
      loss[i] = all_loss[slow_state(i)];
    }
  }
};

/// One step of the fast states; adds the receptors that it passes to `sum` (trapezium).
template <class Method, class Real, class Value, class Step, class Inputs>
TRIPARTITE_HD void fast_step(const TripartiteSynapse<Value>& model, Real (&y)[state_count], Step dt,
                             const Inputs& inputs, Real& sum) {
  Real fast[fast_count];
  for (int i = 0; i < fast_count; ++i) fast[i] = y[fast_state(i)];
  Method::step(FastPart<Value, Real>{model, y[calcium]}, fast, dt, inputs);
  sum = sum + Step(0.5) * (y[astrocytic] + fast[astrocytic]);
  for (int i = 0; i < fast_count; ++i) y[fast_state(i)] = fast[i];
}

/// One step of the slow states, under the mean of the receptors. Of fourth order whatever the fast ones take: it is
/// rare, and one of first order would be the largest error of all.
template <class Real, class Value, class Step>
TRIPARTITE_HD void slow_step(const TripartiteSynapse<Value>& model, Real (&y)[state_count], Step dt,
                             const Input<Real>& input, Real receptors) {
  Real slow[slow_count];
  for (int i = 0; i < slow_count; ++i) slow[i] = y[slow_state(i)];
  integrate::RungeKutta4::step(SlowPart<Value, Real>{model, receptors}, slow, dt, [&](int) { return input; });
  for (int i = 0; i < slow_count; ++i) y[slow_state(i)] = slow[i];
}

}  // namespace tripartite::synapse
