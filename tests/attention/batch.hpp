#pragma once

#include <vector>

#include "attention/definitions.hpp"
#include "support/numbers.hpp"
#include "tripartite/attention/engine.hpp"

namespace tripartite::attention {

/// Queries, keys and values of a sequence, [tokens x heads * width] each, heads contiguous in a row.
struct Tokens {
  int count = 0;
  std::vector<double> query, key, value;
};

/// Normal numbers; `deviation` is the standard deviation of queries and keys.
inline Tokens draw_tokens(int count, int columns, unsigned seed, double deviation = 1) {
  const std::size_t size = std::size_t(count) * std::size_t(columns);
  return {count, normal_numbers(size, 3 * seed, deviation), normal_numbers(size, 3 * seed + 1, deviation),
          normal_numbers(size, 3 * seed + 2)};
}

/// Heads that differ only in their feature matrices and, with heterogeneity, in their synapses.
inline EngineSetup setup_of(Feature feature, int width, int hidden, int tokens, const Parameters& parameters,
                            int heads = 1) {
  EngineSetup setup{width, hidden, tokens, parameters, {}, {}, {}};
  for (int head = 0; head < heads; ++head) {
    setup.maps.push_back(make_feature_map(feature, width, hidden, parameters.seed, std::uint64_t(head)));
    if (parameters.heterogeneity > 0)
      setup.factors.push_back(draw_factors(parameters, width, hidden, std::uint64_t(head)));
  }
  return setup;
}

/// Linear attention with the features of a setup of one head.
inline std::vector<double> linear_attention(const EngineSetup& setup, const Tokens& tokens, bool causal = false) {
  const FeatureMap& map = setup.maps.front();
  return linear_attention([&map](const std::vector<double>& x) { return evaluate(map, map.query, x); },
                          [&map](const std::vector<double>& x) { return evaluate(map, map.key, x); }, tokens.query,
                          tokens.key, tokens.value, setup.width, causal);
}

template <class Real>
void load(Engine<Real>& engine, const Tokens& tokens) {
  engine.load_tokens(0, tokens.count, converted<Real>(tokens.query).data(), converted<Real>(tokens.key).data(),
                     converted<Real>(tokens.value).data());
}

/// Loads the tokens and runs the whole schedule; returns the outputs [tokens x heads * width].
template <class Real>
std::vector<Real> attend(Engine<Real>& engine, const EngineSetup& setup, const Tokens& tokens, bool causal) {
  load(engine, tokens);
  const Parameters& p = setup.parameters;
  const auto write = [&](int token) {
    engine.advance(Phase::settle, token, p.settle_time);
    engine.advance(Phase::write, token, p.write_time);
    engine.store_key(token);
  };
  const auto read = [&](int token) {
    engine.advance(Phase::read, token, p.read_time);
    engine.sample(token);
  };
  for (int token = 0; token < tokens.count; ++token) {
    write(token);
    if (causal || token == tokens.count - 1) engine.advance(Phase::delay, token, p.delay_time);
    if (causal) read(token);
  }
  for (int token = 0; token < tokens.count && !causal; ++token) read(token);
  std::vector<Real> context(std::size_t(tokens.count) * std::size_t(setup.heads() * setup.width));
  engine.outputs(0, tokens.count, context.data());
  return context;
}

/// As run above, on a new CPU engine.
template <class Real = double>
std::vector<Real> attend(const EngineSetup& setup, const Tokens& tokens, bool causal = false, int threads = 1) {
  return attend(*make_cpu_engine<Real>(setup, threads), setup, tokens, causal);
}

}  // namespace tripartite::attention
