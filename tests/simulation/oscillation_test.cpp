#include "host/simulation/oscillation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

namespace tripartite::simulation {
namespace {

std::vector<double> samples(double interval, double duration, const std::function<double(double)>& value) {
  std::vector<double> all;
  for (int k = 0; k * interval <= duration; ++k) all.push_back(value(k * interval));
  return all;
}

TEST(Oscillation, LocatesCrossingsBetweenSamples) {
  const double period = 7.3;
  const auto values =
      samples(0.1, 60, [&](double t) { return 0.3 + 0.2 * std::sin(2 * std::numbers::pi * t / period); });
  const Oscillation found = oscillation_of(values, 100, 0.1);
  EXPECT_NEAR(found.amplitude, 0.4, 4e-4);  // the extremes lie between samples: 0.4 (1 - cos(π 0.1 / 7.3))
  ASSERT_EQ(found.cycles(), 7U);
  for (const double interval : found.intervals()) EXPECT_NEAR(interval, period, 2e-3);
  EXPECT_NEAR(found.crossings.front(), 100 + period, 2e-3);  // the one at 100 begins at the middle, not below it
  for (const double swing : found.swings) EXPECT_NEAR(swing, 0.4, 4e-4);
}

TEST(Oscillation, NoiseAboutTheMiddleIsNoCycle) {
  const auto values = samples(0.1, 40, [](double t) {
    return std::sin(2 * std::numbers::pi * t / 10) + 0.03 * std::sin(2 * std::numbers::pi * t / 0.31);
  });
  EXPECT_EQ(oscillation_of(values, 0, 0.1).cycles(), 3U);
}

TEST(Oscillation, OfAConstantThereIsNone) {
  const Oscillation found = oscillation_of(std::vector<double>(100, 0.1), 0, 0.1);
  EXPECT_EQ(found.amplitude, 0);
  EXPECT_TRUE(found.crossings.empty());
}

}  // namespace
}  // namespace tripartite::simulation
