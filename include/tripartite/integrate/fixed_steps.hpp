#pragma once

#include "tripartite/elementary.hpp"

/// Methods of fixed steps over a small system `Model`: `Model::states` numbers y with
///   model.rates(y, input, gain, loss):  dy/dt = gain - loss y.
/// `inputs(0)`, `inputs(1)`, `inputs(2)` are what acts on it at the beginning, in the middle and at the end of the
/// step.
namespace tripartite::integrate {

template <class Real, class Model, class Input>
TRIPARTITE_HD void derivatives(const Model& model, const Real (&y)[Model::states], const Input& input,
                               Real (&slope)[Model::states]) {
  Real gain[Model::states], loss[Model::states];
  model.rates(y, input, gain, loss);
  for (int i = 0; i < Model::states; ++i) slope[i] = gain[i] - loss[i] * y[i];
}

/// Forward Euler, first order.
struct Euler {
  template <class Real, class Model, class Step, class Inputs>
  TRIPARTITE_HD static void step(const Model& model, Real (&y)[Model::states], Step dt, const Inputs& inputs) {
    Real slope[Model::states];
    derivatives(model, y, inputs(0), slope);
    for (int i = 0; i < Model::states; ++i) y[i] = y[i] + dt * slope[i];
  }
};

/// First order; exact for a state whose gain and loss do not change, and never leaves the domain of gains and losses
/// that are not negative.
struct ExponentialEuler {
  template <class Real, class Model, class Step, class Inputs>
  TRIPARTITE_HD static void step(const Model& model, Real (&y)[Model::states], Step dt, const Inputs& inputs) {
    Real gain[Model::states], loss[Model::states];
    model.rates(y, inputs(0), gain, loss);
    for (int i = 0; i < Model::states; ++i) {
      // Not y + dt share (gain - loss y): rounding could take that below 0 in a state that decays to it.
      const Real z = loss[i] * dt;
      const Real share = relaxation(z);
      y[i] = y[i] * (Real(1) - z * share) + gain[i] * dt * share;
    }
  }
};

/// The classical Runge-Kutta method, fourth order.
struct RungeKutta4 {
  template <class Real, class Model, class Step, class Inputs>
  TRIPARTITE_HD static void step(const Model& model, Real (&y)[Model::states], Step dt, const Inputs& inputs) {
    constexpr int n = Model::states;
    Real slope[n], sum[n], at[n];
    for (int i = 0; i < n; ++i) {
      at[i] = y[i];
      sum[i] = Real(0);
    }
    // A loop, so that the right-hand side is compiled once.
#if defined(__CUDA_ARCH__)
#pragma unroll 1
#elif !defined(__CUDACC__)  // nvcc's pass for the host knows neither
#pragma GCC unroll 1
#endif
    for (int stage = 0; stage < 4; ++stage) {
      derivatives(model, at, inputs((stage + 1) / 2), slope);
      const Step weight = stage == 1 || stage == 2 ? Step(2) : Step(1);
      const Step ahead = stage == 2 ? dt : Step(0.5) * dt;
      for (int i = 0; i < n; ++i) {
        sum[i] = sum[i] + weight * slope[i];
        at[i] = y[i] + ahead * slope[i];
      }
    }
    for (int i = 0; i < n; ++i) y[i] = y[i] + dt / Step(6) * sum[i];
  }
};

}  // namespace tripartite::integrate
