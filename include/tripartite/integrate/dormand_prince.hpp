#pragma once

#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/integrate/step_curve.hpp"

namespace tripartite::integrate {

/// Coefficients of Dormand and Prince's pair of order 5(4) with the dense output of order 4 (Hairer, Nørsett & Wanner,
/// II.6). Stage s is at the time t + time[s] h and the state y + h sum_r ahead[s][r] k_r; the last stage is the end of
/// the step. Its error is h sum_r error[r] k_r.
struct DormandPrinceTableau {
  static constexpr int stages = 7;
  static constexpr int order = 5;
  double time[stages];
  double ahead[stages][stages];
  double error[stages];
  double bend[stages];  // of the dense output
};

TRIPARTITE_HD constexpr DormandPrinceTableau dormand_prince_tableau() {
  return {{0, 0.2, 0.3, 0.8, 8.0 / 9, 1, 1},
          {{},
           {1.0 / 5},
           {3.0 / 40, 9.0 / 40},
           {44.0 / 45, -56.0 / 15, 32.0 / 9},
           {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
           {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
           {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}},
          {71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40},
          {-12715105075.0 / 11282082432, 0, 87487479700.0 / 32700410799, -10690763975.0 / 1880347072,
           701980252875.0 / 199316789632, -1453857185.0 / 822651844, 69997945.0 / 29380423}};
}

/// A state at the fraction s of a step from y with slope f to next with slope f_next; `bend` is h sum_r bend[r] k_r.
template <class Real>
TRIPARTITE_HD Real dormand_prince_dense(Real s, Real h, Real y, Real f, Real next, Real f_next, Real bend) {
  return StepCurve<Real>(h, y, f, next, f_next, bend)(s);
}

/// That pair over a small system. `inputs(t)` is what acts on the system at time t.
template <class Real, int n>
struct DormandPrince {
  static constexpr int order = DormandPrinceTableau::order;

  template <class Model, class Inputs>
  TRIPARTITE_HD void attempt(const Model& model, const Inputs& inputs, Real t, Real h, const Real (&y)[n],
                             const Real (&f)[n], Real (&next)[n], Real (&f_next)[n], Real (&error)[n]) {
    constexpr DormandPrinceTableau tableau = dormand_prince_tableau();
    Real k2[n], at[n];
    for (int i = 0; i < n; ++i) at[i] = y[i] + h * (c(tableau.ahead[1][0]) * f[i]);
    derivatives(model, at, inputs(t + h * c(tableau.time[1])), k2);
    for (int i = 0; i < n; ++i) at[i] = y[i] + h * (c(tableau.ahead[2][0]) * f[i] + c(tableau.ahead[2][1]) * k2[i]);
    derivatives(model, at, inputs(t + h * c(tableau.time[2])), k3_);
    for (int i = 0; i < n; ++i)
      at[i] =
          y[i] + h * (c(tableau.ahead[3][0]) * f[i] + c(tableau.ahead[3][1]) * k2[i] + c(tableau.ahead[3][2]) * k3_[i]);
    derivatives(model, at, inputs(t + h * c(tableau.time[3])), k4_);
    for (int i = 0; i < n; ++i)
      at[i] = y[i] + h * (c(tableau.ahead[4][0]) * f[i] + c(tableau.ahead[4][1]) * k2[i] +
                          c(tableau.ahead[4][2]) * k3_[i] + c(tableau.ahead[4][3]) * k4_[i]);
    derivatives(model, at, inputs(t + h * c(tableau.time[4])), k5_);
    for (int i = 0; i < n; ++i)
      at[i] =
          y[i] + h * (c(tableau.ahead[5][0]) * f[i] + c(tableau.ahead[5][1]) * k2[i] + c(tableau.ahead[5][2]) * k3_[i] +
                      c(tableau.ahead[5][3]) * k4_[i] + c(tableau.ahead[5][4]) * k5_[i]);
    derivatives(model, at, inputs(t + h), k6_);
    for (int i = 0; i < n; ++i)
      next[i] = y[i] +
                h * (c(tableau.ahead[6][0]) * f[i] + c(tableau.ahead[6][2]) * k3_[i] + c(tableau.ahead[6][3]) * k4_[i] +
                     c(tableau.ahead[6][4]) * k5_[i] + c(tableau.ahead[6][5]) * k6_[i]);
    derivatives(model, next, inputs(t + h), f_next);
    for (int i = 0; i < n; ++i) {
      error[i] = h * (c(tableau.error[0]) * f[i] + c(tableau.error[2]) * k3_[i] + c(tableau.error[3]) * k4_[i] +
                      c(tableau.error[4]) * k5_[i] + c(tableau.error[5]) * k6_[i] + c(tableau.error[6]) * f_next[i]);
    }
  }

  /// State i over the step that was attempted last.
  TRIPARTITE_HD StepCurve<Real> curve(int i, Real h, const Real (&y)[n], const Real (&f)[n], const Real (&next)[n],
                                      const Real (&f_next)[n]) const {
    constexpr DormandPrinceTableau tableau = dormand_prince_tableau();
    return {h,
            y[i],
            f[i],
            next[i],
            f_next[i],
            h * (c(tableau.bend[0]) * f[i] + c(tableau.bend[2]) * k3_[i] + c(tableau.bend[3]) * k4_[i] +
                 c(tableau.bend[4]) * k5_[i] + c(tableau.bend[5]) * k6_[i] + c(tableau.bend[6]) * f_next[i])};
  }

 private:
  TRIPARTITE_HD static Real c(double value) { return Real(value); }
  Real k3_[n], k4_[n], k5_[n], k6_[n];  // slopes of the stages
};

}  // namespace tripartite::integrate
