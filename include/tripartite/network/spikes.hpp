#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "tripartite/network/signal.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite {

/// An incoming spike of one element of a population, which acts at the end of a step.
struct Arrival {
  std::uint64_t element;
  std::int32_t step;  // of the window, from 0: at the end of this step
  float weight;
};

/// Where incoming spikes come from.
class SpikeSource {
 public:
  virtual ~SpikeSource() = default;
  /// Steps that are best collected at once, from a multiple of this number on: what is drawn is drawn for all of them.
  static constexpr int stretch_steps = 256;
  /// Appends what arrives at elements [first, last) during steps [begin, begin + steps) of the run, sorted by element,
  /// then step. Called by several threads at once.
  virtual void collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
                       std::vector<Arrival>& arrivals) const = 0;
  /// The step [s] that times were rounded to; a population with another one refuses the source.
  virtual double dt() const = 0;
};

/// Poisson spikes of a given rate. Whether there is a spike is a function of seed, train and time alone.
class PoissonSpikes final : public SpikeSource {
 public:
  /// Element i listens to train i mod `trains`; 0: each to one of its own. `factor` multiplies the rate of an element
  /// (empty: 1) and needs trains = 0. Spikes at element i have weight i mod their number. Throws ConfigError.
  PoissonSpikes(Schedule rate, double dt, std::uint64_t seed, std::uint64_t trains, std::vector<double> factor,
                std::vector<double> weights = {1});
  void collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
               std::vector<Arrival>& arrivals) const override;
  double dt() const override { return dt_; }

 private:
  struct Draws;
  double factor_of(std::uint64_t element) const;
  std::uint64_t stream_of(std::uint64_t element) const { return trains_ == 0 ? element : element % trains_; }
  bool draw_together(std::int64_t bin, Draws& draws) const;
  void draw_alone(std::int64_t bin, std::int64_t begin, std::int64_t end, std::uint32_t element, Draws& draws) const;

  Schedule rate_;
  double dt_;
  random::Philox philox_;
  std::uint64_t trains_;
  std::vector<double> factor_;
  std::vector<float> weights_;
};

/// Given spike times.
class SpikeTrains final : public SpikeSource {
 public:
  struct Spike {
    double time;  // [s]
    std::uint64_t train;
    double weight = 1;
  };
  /// A spike at time t acts at the end of the step that ends nearest to t; one in the first half step is refused.
  /// Element i listens to train i mod `trains`. Throws ConfigError.
  SpikeTrains(const std::vector<Spike>& spikes, std::uint64_t trains, double dt);
  void collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
               std::vector<Arrival>& arrivals) const override;
  double dt() const override { return dt_; }

 private:
  struct Placed {
    std::int64_t step;  // that ends with the spike
    float weight;
  };
  std::vector<std::vector<Placed>> trains_;  // each in the order of steps
  double dt_;
};

}  // namespace tripartite
