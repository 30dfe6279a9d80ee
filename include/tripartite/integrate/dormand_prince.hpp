#pragma once

#include "tripartite/integrate/fixed_steps.hpp"

namespace tripartite::integrate {

/// Dormand and Prince's pair of order 5(4) with the dense output of order 4 of Hairer, Nørsett & Wanner (II.6).
/// `inputs(t)` is what acts on the system at time t.
template <class Real, int n>
struct DormandPrince {
  static constexpr int order = 5;

  template <class Model, class Inputs>
  TRIPARTITE_HD void attempt(const Model& model, const Inputs& inputs, Real t, Real h, const Real (&y)[n],
                             const Real (&f)[n], Real (&next)[n], Real (&f_next)[n], Real (&error)[n]) {
    Real k2[n], k3[n], k4[n], k5[n], k6[n], at[n];
    for (int i = 0; i < n; ++i) at[i] = y[i] + h * (c(1.0 / 5) * f[i]);
    derivatives(model, at, inputs(t + h * c(0.2)), k2);
    for (int i = 0; i < n; ++i) at[i] = y[i] + h * (c(3.0 / 40) * f[i] + c(9.0 / 40) * k2[i]);
    derivatives(model, at, inputs(t + h * c(0.3)), k3);
    for (int i = 0; i < n; ++i) at[i] = y[i] + h * (c(44.0 / 45) * f[i] - c(56.0 / 15) * k2[i] + c(32.0 / 9) * k3[i]);
    derivatives(model, at, inputs(t + h * c(0.8)), k4);
    for (int i = 0; i < n; ++i)
      at[i] = y[i] + h * (c(19372.0 / 6561) * f[i] - c(25360.0 / 2187) * k2[i] + c(64448.0 / 6561) * k3[i] -
                          c(212.0 / 729) * k4[i]);
    derivatives(model, at, inputs(t + h * c(8.0 / 9)), k5);
    for (int i = 0; i < n; ++i)
      at[i] = y[i] + h * (c(9017.0 / 3168) * f[i] - c(355.0 / 33) * k2[i] + c(46732.0 / 5247) * k3[i] +
                          c(49.0 / 176) * k4[i] - c(5103.0 / 18656) * k5[i]);
    derivatives(model, at, inputs(t + h), k6);
    for (int i = 0; i < n; ++i)
      next[i] = y[i] + h * (c(35.0 / 384) * f[i] + c(500.0 / 1113) * k3[i] + c(125.0 / 192) * k4[i] -
                            c(2187.0 / 6784) * k5[i] + c(11.0 / 84) * k6[i]);
    derivatives(model, next, inputs(t + h), f_next);
    for (int i = 0; i < n; ++i) {
      error[i] = h * (c(71.0 / 57600) * f[i] - c(71.0 / 16695) * k3[i] + c(71.0 / 1920) * k4[i] -
                      c(17253.0 / 339200) * k5[i] + c(22.0 / 525) * k6[i] - c(1.0 / 40) * f_next[i]);
      bend_[i] = h * (c(-12715105075.0 / 11282082432) * f[i] + c(87487479700.0 / 32700410799) * k3[i] -
                      c(10690763975.0 / 1880347072) * k4[i] + c(701980252875.0 / 199316789632) * k5[i] -
                      c(1453857185.0 / 822651844) * k6[i] + c(69997945.0 / 29380423) * f_next[i]);
    }
  }

  /// State i at the fraction s of the step that was attempted last.
  TRIPARTITE_HD Real dense(int i, Real s, Real h, const Real (&y)[n], const Real (&f)[n], const Real (&next)[n],
                           const Real (&f_next)[n]) const {
    const Real change = next[i] - y[i];
    const Real begin = h * f[i] - change;
    const Real end = change - h * f_next[i] - begin;
    return y[i] + s * (change + (Real(1) - s) * (begin + s * (end + (Real(1) - s) * bend_[i])));
  }

 private:
  TRIPARTITE_HD static Real c(double value) { return Real(value); }
  Real bend_[n];
};

}  // namespace tripartite::integrate
