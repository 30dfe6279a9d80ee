#pragma once

#include <vector>

namespace tripartite::memory {

/// Model B implemented independently from docs/models.md: scalar, float64, with the fourth-order coupling T formed
/// explicitly where there are few neurons. Shares no code with the library.
struct Oracle {
  int neurons = 0;
  std::vector<std::vector<int>> patterns;  // [pattern][neuron], +-1
  double tau_n = 1, tau_s = 1, tau_p = 1, lambda = 1, alpha = 1, gamma = 1;
  double beta_phi = 5, beta_g = 5, beta_psi = 5;
  double w_h = 1, w_p = 1, w_s = 1, kappa = 1;
  std::vector<double> b, c, d;  // [i], [i * neurons + j]
  std::vector<double> t;        // T_ijkl, by make_coupling()

  /// Practical for up to about twenty neurons.
  void make_coupling();
  /// sum_kl T_ijkl psi_kl; pattern by pattern where T was not formed.
  std::vector<double> recalled(const std::vector<double>& psi) const;

  struct State {
    std::vector<double> x, s, p;
  };
  State rate(const State& y) const;  // dy/dt
  State euler(const State& y, double dt) const;
  State rk4(const State& y, double dt) const;
  State exponential_euler(const State& y, double dt) const;
  struct AdaptiveStep {
    State end;
    double neuron, synapse, process;  // root mean square of error / (tolerance (1 + |y|)) over each, |y| the larger end
  };
  /// Exponential Runge-Kutta of order 2 (docs/memory.md); the error is what it adds to exponential Euler.
  AdaptiveStep adaptive(const State& y, double dt, double tolerance) const;
  /// Largest tau |dy/dt| / (1 + |y|) of all variables.
  double relative_rate(const State& y) const;
  /// The energy of docs/memory.md.
  double energy(const State& y) const;
};

}  // namespace tripartite::memory
