#pragma once

#include "kernels/attention/calcium.hpp"

// One step of p' = kappa (G - p) of one synapse, written for a kappa of its own: the same numbers as
// integrate::linear_scheme, without a table per synapse.
namespace tripartite::attention::cuda {

/// Exponential and forward Euler differ only in the gain: G is held from the start of the step.
template <class Real>
struct HeldStep {
  static constexpr int stages = 1;
  static __device__ Real gain(Real kappa, Real dt, bool exponential) {
    return exponential ? -expm1(-kappa * dt) : kappa * dt;
  }
  /// `value` are the stage values of p, with which the step's currents are formed.
  static __device__ void advance(const Real (&global)[1], Real gain, Real& p, Real (&value)[1]) {
    value[0] = p;
    p += gain * (global[0] - p);
  }
};

/// Classical Runge-Kutta; gain = kappa dt, `k` the slopes times dt.
template <class Real>
struct RungeKutta4Step {
  static constexpr int stages = 4;
  static __device__ Real gain(Real kappa, Real dt, bool) { return kappa * dt; }
  static __device__ void advance(const Real (&global)[4], Real gain, Real& p, Real (&value)[4]) {
    value[0] = p;
    const Real k0 = gain * (global[0] - value[0]);
    value[1] = p + k0 / 2;
    const Real k1 = gain * (global[1] - value[1]);
    value[2] = p + k1 / 2;
    const Real k2 = gain * (global[2] - value[2]);
    value[3] = p + k2;
    const Real k3 = gain * (global[3] - value[3]);
    p += (k0 + 2 * (k1 + k2) + k3) * Real(1.0 / 6.0);
  }
};

}  // namespace tripartite::attention::cuda
