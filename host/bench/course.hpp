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

/// Compares with `tight`: accurate are synapses whose calcium is within 1e-3 uM and whose releases are each within 2
/// ms.
void measure_errors(const Course& course, const Course& tight, Subject& subject);

}  // namespace tripartite::bench
