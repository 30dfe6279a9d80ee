#pragma once

#include <span>
#include <string>

namespace tripartite::report {

/// What a curve did from half of its time on: by then what it does at the beginning has mostly passed.
struct Course {
  double mean, low, high;
  double amplitude() const { return high - low; }
};
Course course_of(std::span<const double> curve);

/// The frequency of calcium [1/s] from half of its time on, as a sweep measures it: the inverse of the mean time from
/// one upward crossing of the middle of its range to the next; 0 if it does not oscillate. `time` [s] has equal steps.
double calcium_frequency(std::span<const double> time, std::span<const double> calcium);

/// When calcium oscillates, as a sentence.
std::string words_of_oscillation();

}  // namespace tripartite::report
