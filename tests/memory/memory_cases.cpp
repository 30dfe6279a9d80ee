#include "tests/memory/memory_cases.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite::memory {
namespace {

double difference(const std::vector<double>& got, const std::vector<double>& want) {
  if (got.size() != want.size()) return NAN;
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    largest = std::max(largest, std::abs(want[i]));
    if (!(std::abs(got[i] - want[i]) <= worst)) worst = std::abs(got[i] - want[i]);
    if (std::isnan(worst)) return worst;
  }
  return worst / (1 + largest);
}

}  // namespace

Case general_case(int neurons, int patterns, int cues, bool is_symmetric, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> draw(-1, 1);
  const auto vector = [&](double size) {
    std::vector<double> values;
    for (int i = 0; i < neurons; ++i) values.push_back(size * draw(random));
    return values;
  };
  const auto matrix = [&](double size) {
    std::vector<double> values;
    for (int i = 0; i < neurons * neurons; ++i) values.push_back(size * draw(random));
    if (is_symmetric)
      for (int i = 0; i < neurons; ++i)
        for (int j = 0; j < i; ++j) values[std::size_t(i * neurons + j)] = values[std::size_t(j * neurons + i)];
    return values;
  };
  Case result;
  Parameters& p = result.setup.parameters;
  p.tau_neuron = 1.1, p.tau_synapse = 0.7, p.tau_process = 1.6;
  p.decay_neuron = 1.2, p.decay_synapse = 0.8, p.decay_process = 0.9;
  p.gain_neuron = 1.5, p.gain_synapse = 1.3, p.gain_process = 0.9;
  p.hebbian_weight = 0.6, p.process_to_synapse = 1.4, p.synapse_to_process = 1.7;
  p.memory_weight = 1.9 * neurons;
  p.dt = 0.05;
  p.settled_rate = 0;
  result.setup.patterns = Patterns::random(neurons, patterns, seed);
  result.setup.biases = {vector(0.3), matrix(0.4), matrix(0.2)};
  result.setup.cues = cues;
  for (int cue = 0; cue < cues; ++cue) result.start.push_back({vector(1), matrix(0.7), matrix(0.8)});
  return result;
}

Oracle Case::oracle() const {
  const Parameters& p = setup.parameters;
  Oracle oracle;
  oracle.neurons = setup.patterns.neurons();
  for (std::int64_t mu = 0; mu < setup.patterns.count(); ++mu) {
    auto& pattern = oracle.patterns.emplace_back();
    for (int i = 0; i < oracle.neurons; ++i) pattern.push_back(setup.patterns.sign(i, mu));
  }
  oracle.tau_n = p.tau_neuron, oracle.tau_s = p.tau_synapse, oracle.tau_p = p.tau_process;
  oracle.lambda = p.decay_neuron, oracle.alpha = p.decay_synapse, oracle.gamma = p.decay_process;
  oracle.beta_phi = p.gain_neuron, oracle.beta_g = p.gain_synapse, oracle.beta_psi = p.gain_process;
  oracle.w_h = p.hebbian_weight, oracle.w_p = p.process_to_synapse, oracle.w_s = p.synapse_to_process;
  oracle.kappa = p.memory_weight;
  oracle.b = setup.biases.neuron, oracle.c = setup.biases.synapse, oracle.d = setup.biases.process;
  if (oracle.neurons <= 20) oracle.make_coupling();
  return oracle;
}

template <class Real>
void Case::begin(MemoryEngine<Real>& engine) const {
  std::vector<Real> x, s, p;
  for (const auto& state : start) {
    x.insert(x.end(), state.x.begin(), state.x.end());
    s.insert(s.end(), state.s.begin(), state.s.end());
    p.insert(p.end(), state.p.begin(), state.p.end());
  }
  engine.start(x, s, p);
}

template <class Real>
Oracle::State state_of(MemoryEngine<Real>& engine, int cue, int neurons) {
  const auto read = [&](Field field, int rows) {
    const auto values = engine.rows(field, cue, 0, rows);
    return std::vector<double>(values.begin(), values.end());
  };
  return {read(Field::neuron, 1), read(Field::synapse, neurons), read(Field::process, neurons)};
}

double difference(const Oracle::State& got, const Oracle::State& want) {
  const double parts[] = {difference(got.x, want.x), difference(got.s, want.s), difference(got.p, want.p)};
  for (const double part : parts)
    if (std::isnan(part)) return part;
  return *std::max_element(std::begin(parts), std::end(parts));
}

template void Case::begin(MemoryEngine<float>&) const;
template void Case::begin(MemoryEngine<double>&) const;
template Oracle::State state_of(MemoryEngine<float>&, int, int);
template Oracle::State state_of(MemoryEngine<double>&, int, int);

}  // namespace tripartite::memory
