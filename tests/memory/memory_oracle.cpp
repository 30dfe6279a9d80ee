#include "tests/memory/memory_oracle.hpp"

#include <cmath>

namespace tripartite::memory {
namespace {

std::vector<double> moved(const std::vector<double>& from, double h, const std::vector<double>& by) {
  std::vector<double> to(from);
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += h * by[i];
  return to;
}

Oracle::State moved(const Oracle::State& y, double h, const Oracle::State& rate) {
  return {moved(y.x, h, rate.x), moved(y.s, h, rate.s), moved(y.p, h, rate.p)};
}

/// y' = rate where y' + (decay / tau) y = drive is constant for a time h.
std::vector<double> relaxed(const std::vector<double>& y, const std::vector<double>& rate, double k, double h) {
  std::vector<double> end;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double target = y[i] + rate[i] / k;
    end.push_back(target + (y[i] - target) * std::exp(-k * h));
  }
  return end;
}

}  // namespace

void Oracle::make_coupling() {
  for (int i = 0; i < neurons; ++i)
    for (int j = 0; j < neurons; ++j)
      for (int k = 0; k < neurons; ++k)
        for (int l = 0; l < neurons; ++l) {
          double sum = 0;
          for (const auto& xi : patterns) sum += xi[i] * xi[j] * xi[k] * xi[l];
          t.push_back(sum / std::pow(neurons, 3));
        }
}

Oracle::State Oracle::rate(const State& y) const {
  const int n = neurons;
  State out = y;
  for (int i = 0; i < n; ++i) {
    double input = b[i];
    for (int j = 0; j < n; ++j) input += std::tanh(beta_g * y.s[i * n + j]) * std::tanh(beta_phi * y.x[j]);
    out.x[i] = (input - lambda * y.x[i]) / tau_n;
    for (int j = 0; j < n; ++j) {
      const int ij = i * n + j;
      out.s[ij] = (w_h * std::tanh(beta_phi * y.x[i]) * std::tanh(beta_phi * y.x[j]) +
                   w_p * std::tanh(beta_psi * y.p[ij]) + c[ij] - alpha * y.s[ij]) /
                  tau_s;
      double recalled = 0;
      for (int kl = 0; kl < n * n; ++kl) recalled += t[ij * n * n + kl] * std::tanh(beta_psi * y.p[kl]);
      out.p[ij] = (kappa * recalled + w_s * std::tanh(beta_g * y.s[ij]) + d[ij] - gamma * y.p[ij]) / tau_p;
    }
  }
  return out;
}

Oracle::State Oracle::euler(const State& y, double dt) const { return moved(y, dt, rate(y)); }

Oracle::State Oracle::rk4(const State& y, double dt) const {
  const State k1 = rate(y), k2 = rate(moved(y, dt / 2, k1)), k3 = rate(moved(y, dt / 2, k2)),
              k4 = rate(moved(y, dt, k3));
  return moved(moved(moved(moved(y, dt / 6, k1), dt / 3, k2), dt / 3, k3), dt / 6, k4);
}

Oracle::State Oracle::exponential_euler(const State& y, double dt) const {
  const State r = rate(y);
  return {relaxed(y.x, r.x, lambda / tau_n, dt), relaxed(y.s, r.s, alpha / tau_s, dt),
          relaxed(y.p, r.p, gamma / tau_p, dt)};
}

double Oracle::energy(const State& y) const {
  const int n = neurons;
  const auto legendre = [](double z, double beta) {
    return z * std::tanh(beta * z) - std::log(std::cosh(beta * z)) / beta;
  };
  const double share = w_p / w_s;
  double e = 0;
  for (int i = 0; i < n; ++i) {
    const double phi_i = std::tanh(beta_phi * y.x[i]);
    e += w_h * (lambda * legendre(y.x[i], beta_phi) - b[i] * phi_i);
    for (int j = 0; j < n; ++j) {
      const int ij = i * n + j;
      const double g = std::tanh(beta_g * y.s[ij]), psi = std::tanh(beta_psi * y.p[ij]);
      e += 0.5 * (alpha * legendre(y.s[ij], beta_g) - c[ij] * g);
      e += 0.5 * share * (gamma * legendre(y.p[ij], beta_psi) - d[ij] * psi);
      e -= 0.5 * w_h * g * phi_i * std::tanh(beta_phi * y.x[j]) + 0.5 * w_p * g * psi;
      for (int kl = 0; kl < n * n; ++kl)
        e -= 0.25 * kappa * share * psi * t[ij * n * n + kl] * std::tanh(beta_psi * y.p[kl]);
    }
  }
  return e;
}

}  // namespace tripartite::memory
