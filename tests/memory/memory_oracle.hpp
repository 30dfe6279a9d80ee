#pragma once

#include <vector>

namespace tripartite::memory {

/// Model B implemented independently from docs/models.md: scalar, float64, with the fourth-order coupling T formed
/// explicitly. Shares no code with the library; practical for up to about twelve neurons.
struct Oracle {
  int neurons = 0;
  std::vector<std::vector<int>> patterns;  // [pattern][neuron], +-1
  double tau_n = 1, tau_s = 1, tau_p = 1, lambda = 1, alpha = 1, gamma = 1;
  double beta_phi = 5, beta_g = 5, beta_psi = 5;
  double w_h = 1, w_p = 1, w_s = 1, kappa = 1;
  std::vector<double> b, c, d;  // [i], [i * neurons + j]
  std::vector<double> t;        // T_ijkl, by make_coupling()

  void make_coupling();

  struct State {
    std::vector<double> x, s, p;
  };
  State rate(const State& y) const;  // dy/dt
  State euler(const State& y, double dt) const;
  State rk4(const State& y, double dt) const;
  State exponential_euler(const State& y, double dt) const;
  /// The energy of docs/memory.md.
  double energy(const State& y) const;
};

}  // namespace tripartite::memory
