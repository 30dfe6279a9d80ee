#include "tests/memory/memory_oracle.hpp"

#include <algorithm>
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

std::vector<double> tanh_of(double gain, std::vector<double> values) {
  for (double& value : values) value = std::tanh(gain * value);
  return values;
}

/// The error phi_2(z) h / tau (F(y_1) - F(y)), z = -h decay / tau, of exponential Euler's end y_1, where F = tau y' +
/// decay y. Adds it to `end`, which is y_1, and returns its scaled root mean square.
double correct(std::vector<double>& end, const std::vector<double>& y, const std::vector<double>& rate,
               const std::vector<double>& rate_1, double tau, double decay, double dt, double tolerance) {
  const double z = -decay / tau * dt, phi_2 = (std::exp(z) - 1 - z) / (z * z);
  double squares = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double change = tau * (rate_1[i] - rate[i]) + decay * (end[i] - y[i]), error = phi_2 * dt / tau * change;
    end[i] += error;
    squares += std::pow(error / (tolerance * (1 + std::max(std::abs(y[i]), std::abs(end[i])))), 2);
  }
  return std::sqrt(squares / double(y.size()));
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

std::vector<double> Oracle::recalled(const std::vector<double>& psi) const {
  const std::size_t n = std::size_t(neurons), pairs = n * n;
  std::vector<double> sum(pairs);
  for (std::size_t ij = 0; ij < pairs && !t.empty(); ++ij)
    for (std::size_t kl = 0; kl < pairs; ++kl) sum[ij] += t[ij * pairs + kl] * psi[kl];
  if (!t.empty()) return sum;
  for (const auto& xi : patterns) {
    double overlap = 0;
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t l = 0; l < n; ++l) overlap += xi[k] * xi[l] * psi[k * n + l];
    overlap /= std::pow(neurons, 3);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) sum[i * n + j] += xi[i] * xi[j] * overlap;
  }
  return sum;
}

Oracle::State Oracle::rate(const State& y) const {
  const int n = neurons;
  State out = y;
  const std::vector<double> coupling = recalled(tanh_of(beta_psi, y.p));
  for (int i = 0; i < n; ++i) {
    double input = b[i];
    for (int j = 0; j < n; ++j) input += std::tanh(beta_g * y.s[i * n + j]) * std::tanh(beta_phi * y.x[j]);
    out.x[i] = (input - lambda * y.x[i]) / tau_n;
    for (int j = 0; j < n; ++j) {
      const int ij = i * n + j;
      out.s[ij] = (w_h * std::tanh(beta_phi * y.x[i]) * std::tanh(beta_phi * y.x[j]) +
                   w_p * std::tanh(beta_psi * y.p[ij]) + c[ij] - alpha * y.s[ij]) /
                  tau_s;
      out.p[ij] = (kappa * coupling[ij] + w_s * std::tanh(beta_g * y.s[ij]) + d[ij] - gamma * y.p[ij]) / tau_p;
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

Oracle::AdaptiveStep Oracle::adaptive(const State& y, double dt, double tolerance) const {
  const State r = rate(y);
  AdaptiveStep step{exponential_euler(y, dt), 0, 0, 0};
  const State r_1 = rate(step.end);
  step.neuron = correct(step.end.x, y.x, r.x, r_1.x, tau_n, lambda, dt, tolerance);
  step.synapse = correct(step.end.s, y.s, r.s, r_1.s, tau_s, alpha, dt, tolerance);
  step.process = correct(step.end.p, y.p, r.p, r_1.p, tau_p, gamma, dt, tolerance);
  return step;
}

double Oracle::relative_rate(const State& y) const {
  const State r = rate(y);
  double largest = 0;
  const auto look = [&](double tau, const std::vector<double>& values, const std::vector<double>& rates) {
    for (std::size_t i = 0; i < values.size(); ++i)
      largest = std::max(largest, tau * std::abs(rates[i]) / (1 + std::abs(values[i])));
  };
  look(tau_n, y.x, r.x);
  look(tau_s, y.s, r.s);
  look(tau_p, y.p, r.p);
  return largest;
}

double Oracle::energy(const State& y) const {
  const int n = neurons;
  const auto legendre = [](double z, double beta) {
    return z * std::tanh(beta * z) - std::log(std::cosh(beta * z)) / beta;
  };
  const double share = w_p / w_s;
  const std::vector<double> coupling = recalled(tanh_of(beta_psi, y.p));
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
      e -= 0.25 * kappa * share * psi * coupling[ij];
    }
  }
  return e;
}

}  // namespace tripartite::memory
