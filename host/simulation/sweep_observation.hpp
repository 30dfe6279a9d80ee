#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/simulation/calcium_activity.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::simulation {

/// What one point of a sweep did while it was observed: means over its synapses. `drift` is the largest of all means.
struct PointActivity : CalciumActivity {
  double release = 0;      // of gliotransmitter [1/s]
  double probability = 0;  // r, what a spike would release, over time
};

/// Samples of calcium and release of all synapses of a population at equal times.
class SweepObservation {
 public:
  /// `least`: smallest movement of calcium that counts as an oscillation [uM].
  SweepObservation(const PopulationSetup& population, double least);

  /// Bytes that the observation of `synapses` over `samples` needs.
  static double bytes(double synapses, double samples);

  void begin(double time, double interval, std::int64_t samples);
  void look(const Network& network);
  void count(const std::vector<Event>& releases);

  /// Of each point; `members` neighbouring synapses are at one.
  std::vector<PointActivity> summary(std::size_t members) const;

 private:
  static constexpr std::size_t stretches = 20;  // into which the observation is cut to see drift
  struct Stretch {
    std::vector<double> calcium, probability, releases;  // sums [synapses]
    double samples = 0;
  };
  Stretch& current();
  PointActivity point(std::size_t first, std::size_t members) const;
  double largest_drift(std::size_t first, std::size_t members) const;

  std::size_t synapses_;
  std::string calcium_;
  std::vector<double> resting_, potentiated_;  // U_0* and alpha
  double least_;
  double begin_ = 0, interval_ = 0;
  std::size_t expected_ = 0;
  std::vector<std::vector<float>> samples_;  // of calcium [time][synapse]
  std::vector<Stretch> stretches_;
};

}  // namespace tripartite::simulation
