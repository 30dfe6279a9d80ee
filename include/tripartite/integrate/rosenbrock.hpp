#pragma once

#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/integrate/shifted_jacobian.hpp"
#include "tripartite/integrate/step_curve.hpp"

namespace tripartite::integrate {

/// RODAS3 (Sandu et al. 1997): a Rosenbrock method of order 3(2), four stages, L-stable and stiffly accurate; dense
/// output by the cubic through both ends. The model gives its analytic Jacobian. `inputs(t)` acts at time t; for each
/// port p below inputs.ports with inputs.changes(p), inputs.slope(p, t) is its rate of change and inputs.shifted(p, t)
/// what acts with 1 more of it: the equations are linear in what changes.
template <class Real, int n>
struct Rosenbrock {
  static constexpr int order = 3;

  template <class Model, class Inputs>
  TRIPARTITE_HD void attempt(const Model& model, const Inputs& inputs, Real t, Real h, const Real (&y)[n],
                             const Real (&f)[n], Real (&next)[n], Real (&f_next)[n], Real (&error)[n]) {
    Real drift[n];  // df/dt at constant y
    for (int i = 0; i < n; ++i) drift[i] = Real(0);
    bool moves = false;
    // A loop, so that the right-hand side is compiled once.
#if defined(__CUDA_ARCH__)
#pragma unroll 1
#endif
    for (int port = 0; port < inputs.ports; ++port) {
      if (!inputs.changes(port)) continue;
      Real shifted[n];
      derivatives(model, y, inputs.shifted(port, t), shifted);
      const Real slope = inputs.slope(port, t);
      for (int i = 0; i < n; ++i) drift[i] = drift[i] + (shifted[i] - f[i]) * slope;
      moves = true;
    }
    Real jacobian[n][n];
    model.jacobian(y, inputs(t).value, jacobian);
    const ShiftedJacobian<Model, Real> matrix(jacobian, Real(2) / h);  // 1 / (gamma h), gamma = 1/2
    const Real per_step = Real(1) / h;
    Real k1[n], k2[n], at[n];
    for (int i = 0; i < n; ++i) k1[i] = moves ? f[i] + Real(0.5) * h * drift[i] : f[i];
    matrix.solve(k1);
    for (int i = 0; i < n; ++i) {
      k2[i] = f[i] + Real(4) * per_step * k1[i];
      if (moves) k2[i] = k2[i] + Real(1.5) * h * drift[i];
    }
    matrix.solve(k2);
    // From here on only what the last two stages need: numbers that stand by in a stage cost registers.
    Real sum[n], k3[n];
    for (int i = 0; i < n; ++i) {
      at[i] = y[i] + Real(2) * k1[i];
      sum[i] = k1[i] - k2[i];
    }
    derivatives(model, at, inputs(t + h), k3);
    for (int i = 0; i < n; ++i) k3[i] = k3[i] + per_step * sum[i];
    matrix.solve(k3);
    for (int i = 0; i < n; ++i) {
      at[i] = at[i] + k3[i];
      sum[i] = sum[i] - Real(8.0 / 3) * k3[i];
    }
    derivatives(model, at, inputs(t + h), error);
    for (int i = 0; i < n; ++i) error[i] = error[i] + per_step * sum[i];
    matrix.solve(error);
    for (int i = 0; i < n; ++i) next[i] = at[i] + error[i];
    derivatives(model, next, inputs(t + h), f_next);
  }

  /// State i over the step that was attempted last.
  TRIPARTITE_HD StepCurve<Real> curve(int i, Real h, const Real (&y)[n], const Real (&f)[n], const Real (&next)[n],
                                      const Real (&f_next)[n]) const {
    return {h, y[i], f[i], next[i], f_next[i], Real(0)};
  }
};

}  // namespace tripartite::integrate
