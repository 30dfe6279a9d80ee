#pragma once

#include <span>
#include <vector>

namespace tripartite::simulation {

/// Oscillation of a sampled quantity about the middle between its smallest and its largest value.
struct Oscillation {
  double amplitude = 0;           // largest - smallest
  std::vector<double> crossings;  // [s] of the middle upwards, located between samples
  std::vector<double> swings;     // largest - smallest between one crossing and the next

  std::size_t cycles() const { return swings.size(); }
  /// From one crossing to the next [s].
  std::vector<double> intervals() const;
};

/// `values` are at `begin`, `begin + interval`, ... [s]. A crossing counts once the quantity has been below the middle
/// by a tenth of the amplitude: noise about the middle is no oscillation.
Oscillation oscillation_of(std::span<const double> values, double begin, double interval);

}  // namespace tripartite::simulation
