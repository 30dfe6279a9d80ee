#pragma once

#include <span>

namespace tripartite::report {

/// What a curve did from half of its time on: by then what it does at the beginning has mostly passed.
struct Course {
  double mean, low, high;
  double frequency;  // [1/s] upward crossings of the middle between low and high per time; 0 if it does not oscillate
  double amplitude() const { return high - low; }
};

/// `time` [s] rises. A curve oscillates if it covers more than `least` and crosses its middle upwards at least twice.
Course course_of(std::span<const double> time, std::span<const double> curve, double least);

/// [uM] Calcium that covers less is at rest.
inline constexpr double calcium_at_rest = 0.05;

}  // namespace tripartite::report
