#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/simulation/time_constants.hpp"

namespace tripartite::simulation {

/// What is discarded of each point of a sweep before it is observed, and why so much: "" or " (5 times 1/Omega_G = 120
/// s)".
struct Transient {
  double seconds = 0;
  std::string why;
};
/// `given` [s] or, if that is 0, what the slowest time constant asks for.
Transient transient_of(double given, const std::optional<TimeConstant>& slowest);

/// Samples of a point, of which the first are discarded: whole ones, so that those behind lie where they would without
/// a transient.
struct SweepSamples {
  std::int64_t every = 1;  // steps from one sample to the next
  double interval = 0;     // the same [s]
  std::int64_t discarded = 0, observed = 1;
};
/// All in seconds; at least one sample is observed.
SweepSamples sweep_samples(double dt, double interval, double transient, double duration);

}  // namespace tripartite::simulation
