#pragma once

#include <cstdint>
#include <vector>

#include "host/bench/contest.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::bench {

/// Calcium of the population "synapses" at the end, and the times of all releases of each.
struct Course {
  std::vector<double> calcium;
  std::vector<std::vector<double>> releases;
};

Course course_of(NetworkSetup setup, std::int64_t steps);

/// Runs the setup of a subject and compares with `tight`: accurate are synapses whose calcium is within 1e-3 uM and
/// whose releases are each within 2 ms. A method whose state leaves its domain makes it wrong.
void measure_errors(NetworkSetup setup, std::int64_t steps, const Course& tight, Subject& subject);

}  // namespace tripartite::bench
