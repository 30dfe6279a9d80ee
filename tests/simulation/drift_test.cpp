#include "host/simulation/drift.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tripartite/random/philox.hpp"

namespace tripartite::simulation {
namespace {

std::vector<double> noise(double mean, double deviation) {
  const random::Philox philox{3};
  std::vector<double> values;
  for (std::uint64_t i = 0; i < 20; ++i) values.push_back(mean + deviation * philox.normal(i, 1));
  return values;
}

TEST(Drift, MeasuresADecay) {
  std::vector<double> values;
  for (int i = 0; i < 20; ++i) values.push_back(std::exp(-i / 10.0));
  // Means over the halves: (1 - e^-1) / (1 - e^-0.1) / 10 = 0.664 and e^-1 of it.
  EXPECT_NEAR(drift_of(values, 0), 1 - std::exp(-1.0), 1e-12);
}

TEST(Drift, ScatterIsNoDrift) { EXPECT_EQ(drift_of(noise(1, 0.2), 0), 0); }

TEST(Drift, AnUnrestThatIsSmallForTheQuantityIsRelativeToTheLeastValue) {
  std::vector<double> values;
  for (int i = 0; i < 20; ++i) values.push_back(i < 10 ? 0 : 1e-6);
  EXPECT_NEAR(drift_of(values, 0.01), 1e-4, 1e-12);
}

}  // namespace
}  // namespace tripartite::simulation
