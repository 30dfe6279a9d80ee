#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tripartite::simulation {

/// What calcium of several elements did: means over them.
struct CalciumActivity {
  double frequency = 0;           // of those that oscillate: the inverse of the mean interval [1/s]
  double interval_deviation = 0;  // standard deviation of the intervals [s]
  double cycles = 0;              // complete ones per element that oscillates
  double amplitude = 0;           // largest - smallest [uM]
  double oscillating = 0;         // fraction of the elements
  double unresolved = 0;          // fraction that moves, but with fewer than two complete cycles
  double drift = 0;               // of intervals and swings from the first to the second half
};

/// Takes calcium of one element after the other.
class CalciumObservation {
 public:
  /// Samples are at `begin`, `begin + interval`, ... [s]; a movement of `least` [uM] may be an oscillation.
  CalciumObservation(double begin, double interval, double least) : begin_(begin), interval_(interval), least_(least) {}

  void add(std::span<const double> calcium);
  CalciumActivity summary() const;

 private:
  /// A complete cycle of one of the elements.
  struct Cycle {
    double end, interval, swing;
  };
  double drift_over(const std::vector<Cycle>& cycles, double Cycle::*quantity, double least) const;

  double begin_, interval_, least_;
  std::size_t elements_ = 0, oscillating_ = 0, unresolved_ = 0;
  double amplitudes_ = 0;
  std::vector<Cycle> cycles_;
};

}  // namespace tripartite::simulation
