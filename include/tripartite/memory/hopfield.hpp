#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tripartite/memory/engine.hpp"
#include "tripartite/memory/parameters.hpp"
#include "tripartite/memory/patterns.hpp"

namespace tripartite::memory {

/// The baseline of the capacity study: a Hopfield network of the same neurons, tau_n dx/dt = -lambda x + W phi(x) with
/// W = Xi Xi^T / N and a zero diagonal. CPU only; it has no astrocytes and N^2 fixed weights.
class HopfieldNetwork {
 public:
  /// Of `parameters` those of the neurons and the solver count. `stop` is asked several times a second, here and in
  /// `advance`; true ends the call with Cancelled. Throws ConfigError, MemoryError.
  HopfieldNetwork(const Patterns& patterns, const Parameters& parameters, std::function<bool()> stop = {});

  /// Advances x [neurons] in place as MemoryEngine::advance does a cue. Throws NumericsError, Cancelled.
  CueStatus advance(std::span<double> neurons, std::int64_t steps, double until) const;

 private:
  void check_stop() const;
  std::vector<double> rates(std::span<const double> neurons, std::span<const double> leaking) const;

  int neurons_;
  Parameters parameters_;
  std::function<bool()> stop_;
  std::vector<double> weights_;  // [neurons x neurons]
};

}  // namespace tripartite::memory
