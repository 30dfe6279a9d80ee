#include "benchmarks/memory/plain_memory.hpp"

#include <cblas.h>

#include <cmath>
#include <utility>

namespace tripartite::benchmarks {

PlainMemory::PlainMemory(const memory::Patterns& patterns, const memory::Parameters& parameters,
                         std::vector<float> neurons)
    : size_(patterns.neurons()),
      patterns_(int(patterns.count())),
      parameters_(parameters),
      neurons_(std::move(neurons)) {
  const std::size_t n = std::size_t(size_), k = std::size_t(patterns_);
  for (int i = 0; i < size_; ++i)
    for (int mu = 0; mu < patterns_; ++mu) signs_.push_back(float(patterns.sign(i, mu)));
  synapses_.assign(n * n, 0);
  processes_.assign(n * n, 0);
  phi_.resize(n);
  psi_.resize(n * n);
  coupling_.resize(n * n);
  projected_.resize(n * k);
  scaled_.resize(n * k);
}

void PlainMemory::step() {
  const int n = size_, k = patterns_;
  const auto at = [](int row, int columns) { return std::size_t(row) * std::size_t(columns); };
  const auto& p = parameters_;
  const float dt = float(p.dt), beta_x = float(p.gain_neuron), beta_s = float(p.gain_synapse),
              beta_p = float(p.gain_process);
  for (int i = 0; i < n; ++i) phi_[std::size_t(i)] = std::tanh(beta_x * neurons_[std::size_t(i)]);
#pragma omp parallel for
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      psi_[at(i, n) + std::size_t(j)] = std::tanh(beta_p * processes_[at(i, n) + std::size_t(j)]);

  // a_mu = xi^T psi xi, then Xi diag(a) Xi^T kappa / N^3.
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, k, n, 1, psi_.data(), n, signs_.data(), k, 0,
              projected_.data(), k);
  std::vector<double> a(std::size_t(k), 0.0);
  for (int i = 0; i < n; ++i)
    for (int mu = 0; mu < k; ++mu)
      a[std::size_t(mu)] += double(projected_[at(i, k) + std::size_t(mu)]) * signs_[at(i, k) + std::size_t(mu)];
  const double scale = p.memory_weight / (double(n) * n * n);
  for (int i = 0; i < n; ++i)
    for (int mu = 0; mu < k; ++mu)
      scaled_[at(i, k) + std::size_t(mu)] = signs_[at(i, k) + std::size_t(mu)] * float(a[std::size_t(mu)] * scale);
  product(n, n, k, scaled_.data(), signs_.data(), coupling_.data());

#pragma omp parallel for
  for (int i = 0; i < n; ++i) {
    float current = 0;
    for (int j = 0; j < n; ++j) {
      const std::size_t pair = at(i, n) + std::size_t(j);
      const float g = std::tanh(beta_s * synapses_[pair]);
      current += g * phi_[std::size_t(j)];
      const float synapse_rate = -float(p.decay_synapse) * synapses_[pair] +
                                 float(p.hebbian_weight) * phi_[std::size_t(i)] * phi_[std::size_t(j)] +
                                 float(p.process_to_synapse) * psi_[pair];
      const float process_rate =
          -float(p.decay_process) * processes_[pair] + coupling_[pair] + float(p.synapse_to_process) * g;
      synapses_[pair] += dt / float(p.tau_synapse) * synapse_rate;
      processes_[pair] += dt / float(p.tau_process) * process_rate;
    }
    neurons_[std::size_t(i)] += dt / float(p.tau_neuron) * (current - float(p.decay_neuron) * neurons_[std::size_t(i)]);
  }
}

void product(int rows, int columns, int inner, const float* a, const float* b, float* c) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, inner, 1, a, inner, b, inner, 0, c, columns);
}

}  // namespace tripartite::benchmarks
