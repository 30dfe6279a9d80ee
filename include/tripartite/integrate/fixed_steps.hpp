#pragma once

#include "tripartite/elementary.hpp"
#include "tripartite/model/slopes.hpp"

/// Methods of fixed steps over a small system `Model`: `Model::states` numbers y with
///   model.rates(y, in, gain, loss):  dy/dt = gain - loss y.
/// `inputs(0)`, `inputs(1)`, `inputs(2)` return what acts on it at the beginning, in the middle and at the end of the
/// step, as an object with the array `value`.
namespace tripartite::integrate {

template <class Real, class Model, class Input>
TRIPARTITE_HD void derivatives(const Model& model, const Real (&y)[Model::states], const Input& input,
                               Real (&slope)[Model::states]) {
  slopes_of(model, y, input.value, slope);
}

/// A state that is left to `1 - z share` of it and gets gain * dt * share. Fused arithmetic takes what is left below 0
/// by the rounding of `share` where z is large: a state without gain would become negative.
template <class Real, class Step>
TRIPARTITE_HD Real relaxed(Real y, Real gain, Real z, Real share, Step dt) {
  const Real left = Real(1) - z * share;
  return y * select(left < Real(0), Real(0), left) + gain * dt * share;
}

/// One exponential step of a state whose gain and loss are held: exact for these. Not y + dt share (gain - loss y), for
/// rounding could take that below 0 in a state that decays to it.
template <class Real, class Step>
TRIPARTITE_HD Real exponential_step(Real y, Real gain, Real loss, Step dt) {
  const Real z = loss * dt;
  return relaxed(y, gain, z, relaxation(z), dt);
}

/// First order; exact for a state whose gain and loss do not change, and never leaves the domain of gains and losses
/// that are not negative.
struct ExponentialEuler {
  static constexpr const char* name = "exponential_euler";
  static constexpr bool is_exponential = true;
  static constexpr int stages = 1;
  TRIPARTITE_HD static constexpr double ahead(int) { return 0; }
  TRIPARTITE_HD static constexpr int half(int) { return 0; }

  template <class Real, class Model, class Step, class Inputs>
  TRIPARTITE_HD static void step(const Model& model, Real (&y)[Model::states], Step dt, const Inputs& inputs) {
    Real gain[Model::states], loss[Model::states];
    model.rates(y, inputs(0).value, gain, loss);
    for (int i = 0; i < Model::states; ++i) y[i] = exponential_step(y[i], gain[i], loss[i], dt);
  }
};

/// An explicit Runge-Kutta method each of whose stages needs the slope of the one before alone:
///   stage s: k = slope at `at`; sum += weight(s) k; at = y + ahead(s) dt k
///   step:    y += dt / divisor sum
/// `Table` has `name`, `stages`, `divisor`, weight(s), ahead(s) and half(s), the time of stage s in half
/// steps.
template <class Table>
struct ExplicitMethod : Table {
  static constexpr bool is_exponential = false;

  template <class Real, class Model, class Step, class Inputs>
  TRIPARTITE_HD static void step(const Model& model, Real (&y)[Model::states], Step dt, const Inputs& inputs) {
    constexpr int n = Model::states;
    Real slope[n];
    if constexpr (Table::stages == 1) {
      derivatives(model, y, inputs(0), slope);
      for (int i = 0; i < n; ++i) y[i] = y[i] + dt * slope[i];
    } else {
      Real sum[n], at[n];
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
      for (int stage = 0; stage < Table::stages; ++stage) {
        derivatives(model, at, inputs(Table::half(stage)), slope);
        const Step weight = Step(Table::weight(stage)), ahead = Step(Table::ahead(stage)) * dt;
        for (int i = 0; i < n; ++i) {
          sum[i] = sum[i] + weight * slope[i];
          at[i] = y[i] + ahead * slope[i];
        }
      }
      for (int i = 0; i < n; ++i) y[i] = y[i] + dt / Step(Table::divisor) * sum[i];
    }
  }
};

struct EulerTable {
  static constexpr const char* name = "euler";
  static constexpr int stages = 1, divisor = 1;
  TRIPARTITE_HD static constexpr double weight(int) { return 1; }
  TRIPARTITE_HD static constexpr double ahead(int) { return 0; }
  TRIPARTITE_HD static constexpr int half(int) { return 0; }
};
/// Forward Euler, first order.
using Euler = ExplicitMethod<EulerTable>;

struct RungeKutta4Table {
  static constexpr const char* name = "rk4";
  static constexpr int stages = 4, divisor = 6;
  TRIPARTITE_HD static constexpr double weight(int stage) { return stage == 1 || stage == 2 ? 2 : 1; }
  TRIPARTITE_HD static constexpr double ahead(int stage) { return stage == 2 ? 1 : 0.5; }
  TRIPARTITE_HD static constexpr int half(int stage) { return (stage + 1) / 2; }
};
/// The classical Runge-Kutta method, fourth order.
using RungeKutta4 = ExplicitMethod<RungeKutta4Table>;

}  // namespace tripartite::integrate
