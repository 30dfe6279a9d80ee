#pragma once

#include "tripartite/integrate/fixed_steps.hpp"

namespace tripartite::integrate {

/// (1 - e^-z) / z for z >= 0 to z^2 / 24 of it: what is left of a state, 1 - z times the result, is at least 0.
template <class Real>
TRIPARTITE_HD Real relaxation_estimate(Real z) {
  const Real near = Real(1) - z * (Real(0.5) - Real(0.125) * z);
  const auto is_far = z > Real(2);
  if (!any(is_far)) return near;
  return select(is_far, Real(1) / select(is_far, z, Real(1)), near);
}

/// Where a state is on its way to gain / loss at the time `ahead`, for the first stage of ExponentialMidpoint: to
/// second order in `ahead`, and like exponential_step between where it is and where it goes.
template <class Real, class Step>
TRIPARTITE_HD Real estimated_step(Real y, Real gain, Real loss, Step ahead) {
  const Real z = loss * ahead;
  return relaxed(y, gain, z, relaxation_estimate(z), ahead);
}

/// Second order: an exponential step with the gains and losses of the middle of the step, to which a cheap step leads.
/// Both are weighted means of the state and gain / loss, so that it never leaves the domain of gains and losses that
/// are not negative, however stiff they are; exact where these do not change.
struct ExponentialMidpoint {
  static constexpr const char* name = "exponential_midpoint";
  static constexpr bool is_exponential = true;
  static constexpr int stages = 2;
  TRIPARTITE_HD static constexpr double ahead(int stage) { return stage == 0 ? 0.5 : 0; }
  TRIPARTITE_HD static constexpr int half(int stage) { return stage; }  // its time in half steps

  template <class Real, class Model, class Step, class Inputs>
  TRIPARTITE_HD static void step(const Model& model, Real (&y)[Model::states], Step dt, const Inputs& inputs) {
    constexpr int n = Model::states;
    Real gain[n], loss[n], middle[n];
    model.rates(y, inputs(0).value, gain, loss);
    for (int i = 0; i < n; ++i) middle[i] = estimated_step(y[i], gain[i], loss[i], Step(ahead(0)) * dt);
    model.rates(middle, inputs(1).value, gain, loss);
    for (int i = 0; i < n; ++i) y[i] = exponential_step(y[i], gain[i], loss[i], dt);
  }
};

}  // namespace tripartite::integrate
