#pragma once

#include <cstddef>

/// Part C of docs/models.md for speed: quotients that meet in a product share a division, six per evaluation.
namespace tripartite::rivals {

enum { u_, x_, y_, gamma_s_, gamma_a_, i_, c_, h_, x_a_, g_a_, synapse_states };

template <class Real>
struct SynapseParameters {
  Real U_0_star = Real(0.6), Omega_f = Real(3.33), Omega_d = Real(2), vesicle = Real(0.005 * 5e5), Omega_c = Real(40);
  Real O_G = Real(1.5), Omega_G = Real(0.5 / 60), alpha = Real(0), O_N = Real(0.3), Omega_N = Real(0.5);
  Real K_KC = Real(0.5), zeta = Real(10), O_beta = Real(0.5), C_Theta = Real(0.5), Omega_A = Real(0.6), U_A = Real(0.6);
  Real burst = Real(6.5e-4 * 2e5), Omega_e = Real(60), kappa_delta = Real(1.5), K_delta2 = Real(0.01);
  Real plc = Real(1.2 * 1.5), Omega_5P = Real(0.05), O_3K = Real(4.5), K_D4 = Real(0.7 * 0.7 * 0.7 * 0.7);
  Real K_3K = Real(1), O_P = Real(0.9), K_P2 = Real(0.0025), C_T = Real(2), volume = Real(1.18), Omega_C = Real(6);
  Real Omega_L = Real(0.1), d_1 = Real(0.13), d_2 = Real(1.05), d_3 = Real(0.9434), d_5 = Real(0.08), O_2 = Real(0.2);
};

/// `lanes` synapses whose states stay in the nearest cache.
template <class Real>
struct alignas(64) SynapseBlock {
  static constexpr int lanes = 64;
  Real state[synapse_states][lanes];

  SynapseBlock() {
    constexpr double initial[synapse_states] = {0, 1, 0, 0, 0, 0.01, 0.01, 0.9, 1, 0};
    for (int s = 0; s < synapse_states; ++s)
      for (Real& value : state[s]) value = Real(initial[s]);
  }
};

/// Mean of a state over the first `count` synapses of blocks that lie one behind the other.
template <class Real>
double mean_of(const Real* blocks, int state, long count) {
  constexpr int n = SynapseBlock<Real>::lanes;
  double sum = 0;
  for (long i = 0; i < count; ++i) sum += double(blocks[(i / n * synapse_states + state) * n + i % n]);
  return sum / double(count);
}

/// slope[state][lane] of a block under the rates `nu`.
template <class Real>
__attribute__((noinline)) void slopes(const SynapseParameters<Real>& parameters, const Real* nu,
                                      const Real* __restrict y, Real* __restrict slope) {
  constexpr int n = SynapseBlock<Real>::lanes;
  const SynapseParameters<Real> p = parameters;
#pragma GCC ivdep
  for (int k = 0; k < n; ++k) {
    const Real u = y[u_ * n + k], x = y[x_ * n + k], glutamate = y[y_ * n + k], gamma_s = y[gamma_s_ * n + k],
               gamma_a = y[gamma_a_ * n + k], i = y[i_ * n + k], c = y[c_ * n + k], h = y[h_ * n + k],
               x_a = y[x_a_ * n + k], g_a = y[g_a_ * n + k];
    const Real arriving = (p.U_0_star + gamma_s * (p.alpha - p.U_0_star)) * (1 - u);
    const Real flow = (u + arriving) * x * nu[k];
    const Real c2 = c * c, c4 = c2 * c2;
    const Real open = i * c * h / ((i + p.d_1) * (c + p.d_5));
    const Real q = p.d_2 * (i + p.d_1) / (i + p.d_3);
    slope[u_ * n + k] = arriving * nu[k] - p.Omega_f * u;
    slope[x_ * n + k] = p.Omega_d * (1 - x) - flow;
    slope[y_ * n + k] = p.vesicle * flow - p.Omega_c * glutamate;
    slope[gamma_s_ * n + k] = p.O_G * g_a * (1 - gamma_s) - p.Omega_G * gamma_s;
    slope[gamma_a_ * n + k] = p.O_N * glutamate * (1 - gamma_a) - p.Omega_N * (1 + p.zeta * c / (c + p.K_KC)) * gamma_a;
    slope[i_ * n + k] = p.O_beta * gamma_a + p.plc * c2 / ((p.kappa_delta + i) * (c2 + p.K_delta2)) -
                        p.O_3K * c4 * i / ((c4 + p.K_D4) * (i + p.K_3K)) - p.Omega_5P * i;
    slope[c_ * n + k] =
        (p.Omega_C * open * open * open + p.Omega_L) * (p.C_T - p.volume * c) - p.O_P * c2 / (c2 + p.K_P2);
    slope[h_ * n + k] = p.O_2 * (q - (q + c) * h);
    slope[x_a_ * n + k] = p.Omega_A * (1 - x_a);
    slope[g_a_ * n + k] = -p.Omega_e * g_a;
  }
}

/// Releases of a block whose calcium was `before` at the beginning of the step.
template <class Real>
inline void release(const SynapseParameters<Real>& p, const Real* before, Real* __restrict y) {
  constexpr int n = SynapseBlock<Real>::lanes;
  for (int k = 0; k < n; ++k) {
    const Real crossed = (before[k] <= p.C_Theta) & (y[c_ * n + k] > p.C_Theta) ? Real(1) : Real(0);
    const Real sent = crossed * p.U_A * y[x_a_ * n + k];
    y[g_a_ * n + k] += p.burst * sent;
    y[x_a_ * n + k] -= sent;
  }
}

/// One step of Euler's or the classical Runge-Kutta method, and releases at its end.
template <class Real>
inline void step(const SynapseParameters<Real>& p, const Real* nu, SynapseBlock<Real>& block, Real dt, bool is_rk4) {
  constexpr int n = SynapseBlock<Real>::lanes, all = synapse_states * n;
  alignas(64) Real slope[all], at[all], sum[all];
  Real* y = &block.state[0][0];
  Real before[n];
  for (int k = 0; k < n; ++k) before[k] = block.state[c_][k];
  slopes(p, nu, y, slope);
  if (is_rk4) {
    for (int e = 0; e < all; ++e) sum[e] = slope[e], at[e] = y[e] + dt / 2 * slope[e];
    slopes(p, nu, at, slope);
    for (int e = 0; e < all; ++e) sum[e] += 2 * slope[e], at[e] = y[e] + dt / 2 * slope[e];
    slopes(p, nu, at, slope);
    for (int e = 0; e < all; ++e) sum[e] += 2 * slope[e], at[e] = y[e] + dt * slope[e];
    slopes(p, nu, at, slope);
    for (int e = 0; e < all; ++e) y[e] += dt / 6 * (sum[e] + slope[e]);
  } else {
    for (int e = 0; e < all; ++e) y[e] += dt * slope[e];
  }
  release(p, before, y);
}

}  // namespace tripartite::rivals
