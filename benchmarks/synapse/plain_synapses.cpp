#include "benchmarks/synapse/plain_synapses.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite::benchmarks {
namespace {

constexpr std::ptrdiff_t block = 512;

/// y' = gain - loss y over dt.
inline float relaxed(float y, float gain, float loss, float dt) {
  const float kept = std::exp(-loss * dt);
  return y * kept + gain / loss * (1 - kept);
}

}  // namespace

PlainSynapses::PlainSynapses(std::size_t synapses, double dt)
    : u(synapses, 0.0F),
      x(synapses, 1.0F),
      y(synapses, 0.0F),
      gamma_s(synapses, 0.0F),
      gamma_a(synapses, 0.0F),
      ip3(synapses, 0.01F),
      calcium(synapses, 0.01F),
      h(synapses, 0.9F),
      x_a(synapses, 1.0F),
      g_a(synapses, 0.0F),
      dt_(float(dt)) {}

void PlainSynapses::advance(int steps, float rate) {
  const auto synapses = std::ptrdiff_t(u.size());
  std::size_t releases = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : releases)
  for (std::ptrdiff_t first = 0; first < synapses; first += block)
    releases += advance_block(std::size_t(first), std::size_t(std::min(first + block, synapses)), steps, rate);
  releases_ += releases;
}

std::size_t PlainSynapses::advance_block(std::size_t first, std::size_t last, int steps, float nu) {
  const PlainParameters p = p_;
  const float dt = dt_;
  const float y_kept = std::exp(-p.Omega_c * dt), x_a_kept = std::exp(-p.Omega_A * dt),
              g_a_kept = std::exp(-p.Omega_e * dt);
  const float kinase = p.K_D * p.K_D * p.K_D * p.K_D;
  std::size_t releases = 0;
  for (int step = 0; step < steps; ++step) {
#pragma omp simd reduction(+ : releases)
    for (std::size_t i = first; i < last; ++i) {
      const float u0 = (1 - gamma_s[i]) * p.U_0_star + p.alpha * gamma_s[i];
      const float used = u[i] + u0 * (1 - u[i]);
      const float flow = used * x[i] * nu;
      const float c = calcium[i], c2 = c * c, c4 = c2 * c2, inositol = ip3[i];
      const float unbinding = p.Omega_N * (1 + p.zeta * c / (c + p.K_KC));
      const float plc = p.O_delta * p.kappa_delta / (p.kappa_delta + inositol) * c2 / (c2 + p.K_delta * p.K_delta);
      const float degraded = p.O_3K * c4 / (c4 + kinase) / (inositol + p.K_3K) + p.Omega_5P;
      const float open = inositol / (inositol + p.d_1) * c / (c + p.d_5) * h[i];
      const float channel = p.Omega_C * open * open * open + p.Omega_L;
      const float pump = p.O_P * c / (c2 + p.K_P * p.K_P);
      const float q2 = p.d_2 * (inositol + p.d_1) / (inositol + p.d_3);

      const float new_u = relaxed(u[i], u0 * nu, p.Omega_f + u0 * nu, dt);
      const float new_x = relaxed(x[i], p.Omega_d, p.Omega_d + used * nu, dt);
      const float new_y = y[i] * y_kept + p.rho_c * p.Y_T * flow / p.Omega_c * (1 - y_kept);
      const float new_gamma_s = relaxed(gamma_s[i], p.O_G * g_a[i], p.O_G * g_a[i] + p.Omega_G, dt);
      const float new_gamma_a = relaxed(gamma_a[i], p.O_N * y[i], p.O_N * y[i] + unbinding, dt);
      const float new_ip3 = relaxed(inositol, plc + p.O_beta * gamma_a[i], degraded, dt);
      const float new_c = relaxed(c, channel * p.C_T, channel * (1 + p.rho_A) + pump, dt);
      const float new_h = relaxed(h[i], p.O_2 * q2, p.O_2 * (q2 + c), dt);
      float new_x_a = 1 - (1 - x_a[i]) * x_a_kept;
      float new_g_a = g_a[i] * g_a_kept;

      const bool crossed = c <= p.C_Theta && new_c > p.C_Theta;
      const float sent = crossed ? p.U_A * new_x_a : 0.0F;
      new_g_a += p.rho_e * p.G_T * sent;
      new_x_a -= sent;
      releases += crossed ? 1 : 0;

      u[i] = new_u, x[i] = new_x, y[i] = new_y, gamma_s[i] = new_gamma_s, gamma_a[i] = new_gamma_a;
      ip3[i] = new_ip3, calcium[i] = new_c, h[i] = new_h, x_a[i] = new_x_a, g_a[i] = new_g_a;
    }
  }
  return releases;
}

}  // namespace tripartite::benchmarks
