#pragma once

#include <cstdint>
#include <vector>

#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::calcium {

constexpr double li_rinzel_initial[3] = {0.16, 0.073, 0.793};  // I, C [uM], h

/// Li-Rinzel astrocytes that do not act on each other, on the CPU.
template <class Real>
class LiRinzelPopulation {
 public:
  struct Setup {
    std::size_t astrocytes = 1;
    LiRinzelParameters<double> parameters = standard_li_rinzel();
    double initial[3] = {li_rinzel_initial[0], li_rinzel_initial[1], li_rinzel_initial[2]};
    synapse::Solver solver = synapse::Solver::rk4;
    double dt = 1e-4;
    double relative_tolerance = 1e-6, absolute_tolerance = 1e-9;
    int threads = 0;
  };
  /// Throws ConfigError, MemoryError.
  explicit LiRinzelPopulation(const Setup& setup);

  /// Advances by `steps` steps; `inputs`, each of the given weight, act at ends of steps. Throws NumericsError.
  void advance(int steps, const synapse::SpikeSource* inputs, double weight);

  std::int64_t steps() const { return steps_; }
  const std::vector<Real>& state(int which) const { return state_[which]; }
  /// Upward crossings of C_Θ since the last call, by time, then astrocyte.
  std::vector<synapse::Release> take_crossings();

 private:
  template <class Model>
  void advance_one(const Model& model, std::size_t astrocyte, int steps, const synapse::SpikeSource* inputs,
                   Real weight, std::vector<synapse::SpikeSource::Arrival>& arrivals,
                   std::vector<synapse::Release>& crossings);

  Setup setup_;
  std::vector<Real> state_[3], step_size_;
  std::vector<synapse::Release> crossings_;
  std::int64_t steps_ = 0;
};

}  // namespace tripartite::calcium
