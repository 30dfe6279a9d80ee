#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "tripartite/random/philox.hpp"
#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::synapse {

/// A signal that changes at the beginnings of steps.
class Schedule {
 public:
  /// Pieces by the step they begin at; the first begins at 0, the others later, in order. Throws ConfigError.
  explicit Schedule(std::vector<std::pair<std::int64_t, Signal>> pieces);
  const Signal& at(std::int64_t step) const;
  /// The first step after `step` at which something changes; the largest number if nothing does.
  std::int64_t next_change(std::int64_t step) const;
  /// No smaller than the signal anywhere in steps [begin, end).
  double bound(std::int64_t begin, std::int64_t end) const;

 private:
  std::vector<std::pair<std::int64_t, Signal>> pieces_;
};

/// Poisson spikes of a given rate. Whether there is a spike is a function of seed, train and time alone.
class PoissonSpikes final : public SpikeSource {
 public:
  /// Synapse i listens to train i mod `trains`; 0: each to one of its own. `factor` multiplies the rate of a synapse
  /// (empty: 1) and needs trains = 0. Throws ConfigError.
  PoissonSpikes(Schedule rate, double dt, std::uint64_t seed, std::uint64_t trains, std::vector<double> factor);
  void collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
               std::vector<Arrival>& arrivals) const override;

 private:
  Schedule rate_;
  double dt_;
  random::Philox philox_;
  std::uint64_t trains_;
  std::vector<double> factor_;
};

/// Given spike times.
class SpikeTrains final : public SpikeSource {
 public:
  struct Spike {
    double time;  // [s]
    std::uint64_t train;
  };
  /// A spike at time t acts at the end of the step that ends nearest to t; one in the first half step is refused.
  /// Synapse i listens to train i mod `trains`. Throws ConfigError.
  SpikeTrains(const std::vector<Spike>& spikes, std::uint64_t trains, double dt);
  void collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
               std::vector<Arrival>& arrivals) const override;

 private:
  std::vector<std::vector<std::int64_t>> steps_;  // by train, in order: the step that ends with the spike
};

}  // namespace tripartite::synapse
