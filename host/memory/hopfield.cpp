#include "tripartite/memory/hopfield.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <utility>

#include "host/backend/require_memory.hpp"
#include "host/linear_algebra/product.hpp"
#include "host/memory/step_control.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"
#include "tripartite/memory/step_scheme.hpp"

namespace tripartite::memory {

HopfieldNetwork::HopfieldNetwork(const Patterns& patterns, const Parameters& parameters, std::function<bool()> stop)
    : neurons_(patterns.neurons()), parameters_(parameters), stop_(std::move(stop)) {
  const std::size_t n = std::size_t(neurons_);
  require_memory("Hopfield network of " + std::to_string(n) + " neurons", double(n * n * sizeof(double)));
  weights_.resize(n * n);
  for (int i = 0; i < neurons_; ++i) {
    check_stop();
    for (int j = 0; j < i; ++j) {
      std::int64_t unlike = 0;
      for (std::int64_t word = 0; word < patterns.words(); ++word)
        unlike += std::popcount(patterns.row(i)[word] ^ patterns.row(j)[word]);
      const double weight = double(patterns.count() - 2 * unlike) / neurons_;
      weights_[std::size_t(i) * n + std::size_t(j)] = weights_[std::size_t(j) * n + std::size_t(i)] = weight;
    }
  }
}

void HopfieldNetwork::check_stop() const {
  if (stop_ && stop_()) throw Cancelled("interrupted");
}

/// tau_n dx/dt, with the leak of `leaking`.
std::vector<double> HopfieldNetwork::rates(std::span<const double> neurons, std::span<const double> leaking) const {
  std::vector<double> phi(neurons.size()), rates(neurons.size());
  for (std::size_t i = 0; i < phi.size(); ++i) phi[i] = std::tanh(parameters_.gain_neuron * neurons[i]);
  linear_algebra::multiply<double>(1, neurons_, neurons_, 1, phi.data(), neurons_, linear_algebra::Stored::transposed,
                                   weights_.data(), neurons_, 0, rates.data(), neurons_);
  for (std::size_t i = 0; i < rates.size(); ++i) rates[i] -= parameters_.decay_neuron * leaking[i];
  return rates;
}

CueStatus HopfieldNetwork::advance(std::span<double> neurons, std::int64_t steps, double until) const {
  if (neurons.size() != std::size_t(neurons_))
    throw ConfigError("Hopfield network: " + std::to_string(neurons.size()) + " states for " +
                      std::to_string(neurons_) + " neurons");
  StepControl control(parameters_);
  std::vector<double> stage(neurons.size());
  while (control.status().steps < steps && !control.is_done(until)) {
    check_stop();
    const auto scheme = step_scheme<double>(parameters_, control.next_length(until));
    std::array<std::vector<double>, max_stages> rate;
    double largest_rate = 0, squares = 0;
    for (int known = 0; known <= scheme.stages; ++known) {
      const double* weights = known == scheme.stages ? scheme.neuron.weight : scheme.neuron.stage[known];
      for (std::size_t i = 0; i < neurons.size(); ++i) {
        stage[i] = neurons[i];
        for (int q = 0; q < known; ++q) stage[i] += weights[q] * rate[std::size_t(q)][i];
      }
      if (known < scheme.stages)
        rate[std::size_t(known)] = rates(stage, scheme.exact_leak ? std::span<const double>(neurons) : stage);
    }
    for (std::size_t i = 0; i < neurons.size(); ++i) {
      double error = 0;
      for (int q = 0; q < scheme.stages; ++q) error += scheme.neuron.error[q] * rate[std::size_t(q)][i];
      error /= scheme.tolerance * (1 + std::max(std::abs(neurons[i]), std::abs(stage[i])));
      squares += error * error;
      largest_rate = std::max(largest_rate, std::abs(rate[0][i]) / (1 + std::abs(neurons[i])));
    }
    if (control.judge({largest_rate, std::sqrt(squares / neurons_)}))
      std::copy(stage.begin(), stage.end(), neurons.begin());
  }
  for (std::size_t i = 0; i < neurons.size(); ++i)
    if (!std::isfinite(neurons[i]))
      throw NumericsError("neuron " + std::to_string(i) + " of the Hopfield network is not finite at t = " +
                          std::to_string(control.status().time) + " s");
  return control.status();
}

}  // namespace tripartite::memory
