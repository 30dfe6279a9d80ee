// Trains of Poisson spikes: when they fall, and to whom.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <vector>

#include "tripartite/network/spikes.hpp"

namespace tripartite {
namespace {

constexpr double dt = 1e-3;

std::vector<Arrival> collected(const SpikeSource& spikes, std::uint64_t elements, std::int64_t begin, int steps) {
  std::vector<Arrival> arrivals;
  spikes.collect(0, elements, begin, steps, arrivals);
  return arrivals;
}

struct Wave {
  double mean, amplitude, phase;  // [1/s], [1/s], [rad]
};

/// The rate of arrivals of [begin, begin + steps) as a wave of this frequency.
Wave wave_of(const SpikeSource& spikes, std::uint64_t elements, std::int64_t begin, int steps, double frequency) {
  double sine = 0, cosine = 0;
  const auto arrivals = collected(spikes, elements, begin, steps);
  for (const Arrival& arrival : arrivals) {
    const double t = (double(begin + arrival.step) + 0.5) * dt;  // in the middle of the step, on average
    sine += std::sin(2 * std::numbers::pi * frequency * t);
    cosine += std::cos(2 * std::numbers::pi * frequency * t);
  }
  const double seconds = double(elements) * steps * dt;
  return {double(arrivals.size()) / seconds, 2 * std::hypot(sine, cosine) / seconds, std::atan2(cosine, sine)};
}

TEST(PoissonSpikes, FallWhereTheirRateIsHigh) {
  // 20 /s and a wave of 15 /s, from 4 s on 30 /s and one of 30 /s of another frequency and phase.
  const PoissonSpikes spikes(Schedule({{0, {20, 15, 10, 0.4}}, {4000, {30, 30, 7, -1.1}}}), dt, 11, 0, {});
  constexpr std::uint64_t elements = 400;
  const Wave first = wave_of(spikes, elements, 0, 4000, 10), second = wave_of(spikes, elements, 4000, 4000, 7);
  // Of n spikes, five standard errors: sqrt(n) of the number, sqrt(2 n) of the amplitude. 1 ms of delay is a phase of
  // 0.063.
  const double seconds = 4 * double(elements);
  EXPECT_NEAR(first.mean, 20, 5 * std::sqrt(20 / seconds));
  EXPECT_NEAR(first.amplitude, 15, 5 * std::sqrt(2 * 20 / seconds));
  EXPECT_NEAR(first.phase, 0.4, 5 * std::sqrt(2 * 20 / seconds) / 15);
  EXPECT_NEAR(second.mean, 30, 5 * std::sqrt(30 / seconds));
  EXPECT_NEAR(second.amplitude, 30, 5 * std::sqrt(2 * 30 / seconds));
  EXPECT_NEAR(second.phase, -1.1, 5 * std::sqrt(2 * 30 / seconds) / 30);
}

TEST(PoissonSpikes, HaveIntervalsOfAnExponentialDistribution) {
  const PoissonSpikes spikes(Schedule({{0, {25, 0, 0, 0}}}), dt, 12, 0, {});
  std::map<std::uint64_t, int> last;
  double count = 0, shorter = 0, sum = 0;
  std::vector<double> intervals;
  for (const Arrival& arrival : collected(spikes, 300, 0, 20'000)) {
    if (const auto before = last.find(arrival.element); before != last.end())
      intervals.push_back((arrival.step - before->second) * dt);
    last[arrival.element] = arrival.step;
  }
  for (const double interval : intervals) {
    count += 1;
    sum += interval;
    shorter += interval < 0.02 ? 1 : 0;
  }
  ASSERT_GT(count, 100'000);
  EXPECT_NEAR(sum / count, 0.04, 0.04 * 0.02);             // long intervals reach beyond the end
  EXPECT_NEAR(shorter / count, 1 - std::exp(-0.5), 0.02);  // rounded to whole steps: up to 1.5 % of it
}

TEST(PoissonSpikes, ComeAtTheRateOfEachElement) {
  const std::vector<double> factor{0, 0.5, 1, 3};
  const PoissonSpikes spikes(Schedule({{0, {40, 20, 3, 0}}}), dt, 13, 0, factor);
  std::vector<double> count(4);
  for (const Arrival& arrival : collected(spikes, 4, 0, 200'000)) ++count[arrival.element];
  EXPECT_EQ(count[0], 0);
  for (std::size_t i = 1; i < 4; ++i) {
    const double expected = 40 * factor[i] * 200;
    EXPECT_NEAR(count[i], expected, 5 * std::sqrt(expected)) << i;
  }
}

TEST(PoissonSpikes, AreSharedByElementsOfATrainAndWeighted) {
  const PoissonSpikes spikes(Schedule({{0, {30, 0, 0, 0}}}), dt, 14, 3, {}, {1.5, 2.5});
  std::vector<std::vector<int>> steps(7);
  for (const Arrival& arrival : collected(spikes, 7, 0, 5000)) {
    steps[arrival.element].push_back(arrival.step);
    EXPECT_EQ(arrival.weight, arrival.element % 2 == 0 ? 1.5F : 2.5F);
  }
  for (std::size_t i = 3; i < 7; ++i) EXPECT_EQ(steps[i], steps[i % 3]) << i;
  EXPECT_NE(steps[0], steps[1]);
  EXPECT_GT(steps[2].size(), 80U);
}

}  // namespace
}  // namespace tripartite
