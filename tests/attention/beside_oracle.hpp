#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "attention/network_cases.hpp"
#include "attention/network_oracle.hpp"
#include "support/numbers.hpp"
#include "tripartite/attention/engine.hpp"

namespace tripartite::tests {

/// Largest difference of a field over all heads, relative to the oracle's largest value of the field; NaN if any value
/// is NaN.
template <class Real>
double field_error(attention::Engine<Real>& engine, const NetworkOracle& oracle, attention::Field field, int heads) {
  double largest = 0, error = 0;
  for (int head = 0; head < heads; ++head) {
    const std::vector<Real> got = engine.field(field, head);
    const std::vector<double> want = oracle.field(field, head);
    if (got.size() != want.size()) return NAN;
    for (std::size_t n = 0; n < want.size(); ++n) {
      largest = std::max(largest, std::abs(want[n]));
      const double difference = std::abs(double(got[n]) - want[n]);
      if (!(difference <= error)) error = difference;  // propagates NaN
    }
  }
  return largest > 0 ? error / largest : error;
}

/// An engine and the oracle, both fed with the same tokens.
template <class Real>
class BesideOracle {
 public:
  /// The oracle uses `oracle_parameters` instead of those of the network.
  BesideOracle(const NetworkCase& network, const attention::Parameters& oracle_parameters,
               std::unique_ptr<attention::Engine<Real>> engine,
               NetworkOracle::Kinks kinks = NetworkOracle::Kinks::projected)
      : network_(network), engine_(std::move(engine)), oracle_(make_oracle(network, oracle_parameters, kinks)) {
    engine_->load_tokens(0, network.tokens, converted<Real>(draw_tokens(network, 0, 0.8)).data(),
                         converted<Real>(draw_tokens(network, 1, 0.7)).data(),
                         converted<Real>(draw_tokens(network, 2, 1.0)).data());
  }
  BesideOracle(const NetworkCase& network, std::unique_ptr<attention::Engine<Real>> engine)
      : BesideOracle(network, network.parameters, std::move(engine)) {}

  attention::Engine<Real>& engine() { return *engine_; }
  NetworkOracle& oracle() { return oracle_; }

  void advance(attention::Phase phase, int token, double duration) {
    engine_->advance(phase, token, duration);
    oracle_.advance(phase, token, duration);
    error_ = worst(error_);
  }
  void write(int token) {
    advance(attention::Phase::settle, token, network_.parameters.settle_time);
    advance(attention::Phase::write, token, network_.parameters.write_time);
    engine_->store_key(token);
    oracle_.store_key(token);
  }
  void read(int token) {
    if (network_.delay) advance(attention::Phase::delay, token, network_.parameters.delay_time);
    advance(attention::Phase::read, token, network_.parameters.read_time);
    engine_->sample(token);
  }
  double state_error() { return worst(0); }

  /// Runs the protocol of docs/models.md and returns the largest error of any state after any phase.
  double run() {
    for (int token = 0; token < network_.tokens; ++token) {
      write(token);
      if (network_.causal) read(token);
    }
    for (int token = 0; token < network_.tokens && !network_.causal; ++token) read(token);
    return error_;
  }

 private:
  static NetworkOracle make_oracle(NetworkCase network, const attention::Parameters& parameters,
                                   NetworkOracle::Kinks kinks) {
    attention::EngineSetup setup = make_setup(network);
    setup.parameters = parameters;
    return {setup, draw_tokens(network, 0, 0.8), draw_tokens(network, 1, 0.7), draw_tokens(network, 2, 1.0), kinks};
  }

  double worst(double error) {
    for (const attention::FieldInfo& info : attention::fields) {
      const double here = field_error(*engine_, oracle_, info.field, network_.heads);
      if (!(here <= error)) error = here;
    }
    return error;
  }

  NetworkCase network_;
  std::unique_ptr<attention::Engine<Real>> engine_;
  NetworkOracle oracle_;
  double error_ = 0;
};

}  // namespace tripartite::tests
