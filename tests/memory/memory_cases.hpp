#pragma once

#include <random>
#include <vector>

#include "tests/memory/memory_oracle.hpp"
#include "tripartite/memory/engine.hpp"

namespace tripartite::memory {

/// A setup with its oracle and their common initial states. All parameters and all elements are distinct.
struct Case {
  MemorySetup setup;
  std::vector<Oracle::State> start;  // of every cue

  Oracle oracle() const;
  template <class Real>
  void begin(MemoryEngine<Real>& engine) const;
};

/// All weights, decays, gains and time constants differ; b, c, d, s and p are dense, and symmetric only on request.
Case general_case(int neurons, int patterns, int cues, bool is_symmetric, unsigned seed = 1);

/// x, s and p of a cue in the engine.
template <class Real>
Oracle::State state_of(MemoryEngine<Real>& engine, int cue, int neurons);

/// Largest difference over x, s and p, each relative to 1 + the largest expected magnitude; NaN if anything is NaN.
double difference(const Oracle::State& got, const Oracle::State& want);

}  // namespace tripartite::memory
