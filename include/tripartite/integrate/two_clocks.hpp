#pragma once

#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/model/model.hpp"

// Two clocks (docs/models.md, Integrators): fast states take every step, slow ones one step in the time of several,
// with the mean of the averaged fast state over it.

namespace tripartite::integrate {

/// The places of the states of one clock among all.
template <class Model, bool slow>
struct ClockStates {
  static constexpr int count() {
    int found = 0;
    for (int i = 0; i < state_count_of<Model>; ++i) found += is_slow<Model>(i) == slow ? 1 : 0;
    return found;
  }
  TRIPARTITE_HD static constexpr int place(int which) {
    for (int i = 0; i < state_count_of<Model>; ++i)
      if (is_slow<Model>(i) == slow && which-- == 0) return i;
    return -1;
  }
  /// The number of a state among those of its clock.
  TRIPARTITE_HD static constexpr int number(int state) {
    int before = 0;
    for (int i = 0; i < state; ++i) before += is_slow<Model>(i) == slow ? 1 : 0;
    return before;
  }
};
template <class Model>
using FastStates = ClockStates<Model, false>;
template <class Model>
using SlowStates = ClockStates<Model, true>;

/// The fast states as a system of their own, in which the slow ones stand still: y of all states, of which those are
/// read.
template <class Model, class Real>
struct FastPart {
  using Places = FastStates<Model>;
  static constexpr int states = Places::count();
  const Model& model;
  const Real (&all)[state_count_of<Model>];

  TRIPARTITE_HD void rates(const Real (&fast)[states], const Real (&in)[input_count_of<Model>], Real (&gain)[states],
                           Real (&loss)[states]) const {
    constexpr int n = state_count_of<Model>;
    Real y[n], all_gain[n], all_loss[n];
    for (int i = 0; i < n; ++i)
      if (is_slow<Model>(i)) y[i] = all[i];
    for (int i = 0; i < states; ++i) y[Places::place(i)] = fast[i];
    model.fast_rates(y, in, all_gain, all_loss);
    for (int i = 0; i < states; ++i) {
      gain[i] = all_gain[Places::place(i)];
      loss[i] = all_loss[Places::place(i)];
    }
  }
};

/// The slow states as a system of their own, under the mean of the averaged fast state.
template <class Model, class Real>
struct SlowPart {
  using Places = SlowStates<Model>;
  static constexpr int states = Places::count();
  const Model& model;
  Real mean;

  TRIPARTITE_HD void rates(const Real (&slow)[states], const Real (&in)[input_count_of<Model>], Real (&gain)[states],
                           Real (&loss)[states]) const {
    constexpr int n = state_count_of<Model>;
    Real y[n], all_gain[n], all_loss[n];
    for (int i = 0; i < states; ++i) y[Places::place(i)] = slow[i];
    y[Model::averaged] = mean;
    model.slow_rates(y, in, all_gain, all_loss);
    for (int i = 0; i < states; ++i) {
      gain[i] = all_gain[Places::place(i)];
      loss[i] = all_loss[Places::place(i)];
    }
  }
};

/// One step of the fast states; adds the averaged state that it passes to `sum` (trapezium).
template <class Method, class Real, class Model, class Step, class Inputs>
TRIPARTITE_HD void fast_step(const Model& model, Real (&y)[state_count_of<Model>], Step dt, const Inputs& inputs,
                             Real& sum) {
  using Part = FastPart<Model, Real>;
  constexpr int averaged = Part::Places::number(Model::averaged);
  Real fast[Part::states];
  for (int i = 0; i < Part::states; ++i) fast[i] = y[Part::Places::place(i)];
  Method::step(Part{model, y}, fast, dt, inputs);
  sum = sum + Step(0.5) * (y[Model::averaged] + fast[averaged]);
  for (int i = 0; i < Part::states; ++i) y[Part::Places::place(i)] = fast[i];
}

/// One step of the slow states, under the mean of the averaged one. Of fourth order whatever the fast ones take: it is
/// rare, and one of first order would be the largest error of all.
template <class Real, class Model, class Step>
TRIPARTITE_HD void slow_step(const Model& model, Real (&y)[state_count_of<Model>], Step dt,
                             const Inputs<Real, input_count_of<Model>>& in, Real mean) {
  using Part = SlowPart<Model, Real>;
  Real slow[Part::states];
  for (int i = 0; i < Part::states; ++i) slow[i] = y[Part::Places::place(i)];
  RungeKutta4::step(Part{model, mean}, slow, dt, [&](int) { return in; });
  for (int i = 0; i < Part::states; ++i) y[Part::Places::place(i)] = slow[i];
}

}  // namespace tripartite::integrate
