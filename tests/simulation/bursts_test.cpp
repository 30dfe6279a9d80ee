#include "host/simulation/bursts.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace tripartite::simulation {
namespace {

/// A rate of 1 /s with peaks of 50 /s at `times`, every 10 ms.
std::vector<double> with_peaks(const std::vector<double>& times) {
  std::vector<double> rate(1000, 1.0);
  for (std::size_t k = 0; k < rate.size(); ++k)
    for (const double time : times) rate[k] += 49 * std::exp(-std::pow((0.01 * double(k) - time) / 0.05, 2));
  return rate;
}

TEST(Bursts, AreCountedWithTheMedianOfTheirIntervals) {
  const Bursts found = bursts_in(with_peaks({1, 1.5, 2.2, 8}), 0.01, 6);
  EXPECT_EQ(found.count, 4U);
  EXPECT_NEAR(found.median_interval, 0.7, 1e-3);
  EXPECT_NEAR(found.last - found.first, 7, 1e-3);
  EXPECT_NEAR(bursts_in(with_peaks({1, 1.5, 2.2}), 0.01, 6).median_interval, 0.6, 1e-3);
}

TEST(Bursts, ARateThatHardlyMovesHasNone) { EXPECT_EQ(bursts_in(with_peaks({1, 2}), 0.01, 60).count, 0U); }

}  // namespace
}  // namespace tripartite::simulation
