#pragma once

#include <cstddef>
#include <vector>

namespace tripartite::benchmarks {

/// Parameters of docs/models.md, part C, with their defaults.
struct PlainParameters {
  float U_0_star = 0.6F, Omega_f = 3.33F, Omega_d = 2, rho_c = 0.005F, Y_T = 5e5F, Omega_c = 40;
  float O_G = 1.5F, Omega_G = 0.5F / 60, alpha = 0, O_N = 0.3F, Omega_N = 0.5F, K_KC = 0.5F, zeta = 10, O_beta = 0.5F;
  float O_delta = 0.6F, kappa_delta = 1.5F, K_delta = 0.1F, Omega_5P = 0.05F, O_3K = 4.5F, K_D = 0.7F, K_3K = 1;
  float O_P = 0.9F, K_P = 0.05F, C_T = 2, rho_A = 0.18F, Omega_C = 6, Omega_L = 0.1F;
  float d_1 = 0.13F, d_2 = 1.05F, d_3 = 0.9434F, d_5 = 0.08F, O_2 = 0.2F;
  float C_Theta = 0.5F, Omega_A = 0.6F, U_A = 0.6F, G_T = 2e5F, rho_e = 6.5e-4F, Omega_e = 60;
};

/// The baseline: tripartite synapses under a constant rate, as a good engineer would write them in an hour from
/// docs/models.md. Exponential Euler, one array per state, OpenMP over cache-sized blocks, the innermost loop over
/// synapses marked for vectorisation, constants computed once.
class PlainSynapses {
 public:
  PlainSynapses(std::size_t synapses, double dt);

  void advance(int steps, float rate);
  std::size_t releases() const { return releases_; }

  std::vector<float> u, x, y, gamma_s, gamma_a, ip3, calcium, h, x_a, g_a;

 private:
  std::size_t advance_block(std::size_t first, std::size_t last, int steps, float rate);

  PlainParameters p_;
  float dt_;
  std::size_t releases_ = 0;
};

}  // namespace tripartite::benchmarks
