// Trains of Poisson spikes: when they fall, and to whom.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include "host/network/tile_arrivals.hpp"
#include "tripartite/backend.hpp"
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

/// The spikes of PoissonSpikes, one element and one bin of 256 steps after the other, typed anew: gaps of the highest
/// rate, of which each stays with the probability that the rate has of it.
std::vector<Arrival> drawn_one_by_one(const std::function<double(double)>& rate, double highest,
                                      const std::vector<double>& factor, std::uint64_t seed, std::uint64_t trains,
                                      std::uint64_t elements, std::int64_t begin, int steps) {
  const random::Philox philox{seed};
  std::vector<Arrival> all;
  for (std::uint64_t i = 0; i < elements; ++i) {
    const double bound = highest * (factor.empty() ? 1 : factor[std::min<std::size_t>(i, factor.size() - 1)]);
    if (bound <= 0) continue;
    for (std::int64_t bin = begin / 256; 256 * bin < begin + steps; ++bin) {
      double at = 0;
      for (std::uint64_t draw = 0;; ++draw) {
        const auto words = philox.words((std::uint64_t(bin) << 20) + draw, trains == 0 ? i : i % trains);
        at -= std::log(random::open_unit(words[0], words[1])) / (bound * dt);
        if (at >= 256) break;
        const double here = rate((256.0 * double(bin) + at) * dt) * bound / highest;
        const std::int64_t step = 256 * bin + std::int64_t(std::floor(at)) - begin;
        if (step >= 0 && step < steps && random::open_unit(words[2], words[3]) * bound < here)
          all.push_back({i, std::int32_t(step), 1});
      }
    }
  }
  return all;
}

bool same(const std::vector<Arrival>& a, const std::vector<Arrival>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Arrival& x, const Arrival& y) {
    return x.element == y.element && x.step == y.step && x.weight == y.weight;
  });
}

/// Sets TRIPARTITE_INSTRUCTION_SET for as long as it lives.
class Chosen {
 public:
  explicit Chosen(const char* set) { ::setenv("TRIPARTITE_INSTRUCTION_SET", set, 1); }
  ~Chosen() { ::unsetenv("TRIPARTITE_INSTRUCTION_SET"); }
};

TEST(PoissonSpikes, AreTheSameDrawnTogetherAndOneByOne) {
  // 700 elements: more than are drawn together. About 5 million spikes, 10 of which are so near to the end of a step
  // (1e-6 of it) that the vectorised logarithm must not decide.
  std::vector<double> factor(700);
  for (std::size_t i = 0; i < factor.size(); ++i) factor[i] = i % 7 == 0 ? 0 : 0.1 + 0.01 * double(i % 113);
  const auto steady = [](double) { return 100.0; };
  const auto expected = drawn_one_by_one(steady, 100, factor, 31, 0, 700, 3, 120'000);
  for (const char* set : {"baseline", "avx2", "avx512"}) {
    const Chosen chosen(set);
    const PoissonSpikes spikes(Schedule({{0, {100, 0, 0, 0}}}), dt, 31, 0, factor);
    EXPECT_TRUE(same(collected(spikes, 700, 3, 120'000), expected)) << set;
    if (best_instruction_set() == InstructionSet::baseline) break;
  }
  const PoissonSpikes shared(Schedule({{0, {100, 0, 0, 0}}}), dt, 31, 45, {});
  EXPECT_TRUE(same(collected(shared, 700, 1000, 2000), drawn_one_by_one(steady, 100, {}, 31, 45, 700, 1000, 2000)));
  const PoissonSpikes crowded(Schedule({{0, {20'000, 0, 0, 0}}}), dt, 32, 0, {});  // 5120 spikes per bin
  EXPECT_TRUE(same(collected(crowded, 3, 100, 500),
                   drawn_one_by_one([](double) { return 20'000.0; }, 20'000, {}, 32, 0, 3, 100, 500)));
}

TEST(PoissonSpikes, AreTheSameWhereTheirRateIsAboutToChange) {
  // A step of the rate within a bin, and a wave: both are thinned out.
  const PoissonSpikes stepped(Schedule({{0, {40, 0, 0, 0}}, {300, {10, 0, 0, 0}}}), dt, 33, 0, {});
  const auto before = drawn_one_by_one([](double) { return 40.0; }, 40, {}, 33, 0, 600, 0, 256);
  const auto within = drawn_one_by_one([](double t) { return t < 0.3 ? 40.0 : 10.0; }, 40, {}, 33, 0, 600, 256, 256);
  const auto after = drawn_one_by_one([](double) { return 10.0; }, 10, {}, 33, 0, 600, 512, 256);
  EXPECT_TRUE(same(collected(stepped, 600, 0, 256), before));
  EXPECT_TRUE(same(collected(stepped, 600, 256, 256), within));
  EXPECT_TRUE(same(collected(stepped, 600, 512, 256), after));
  const PoissonSpikes wave(Schedule({{0, {20, 15, 3, 0.4}}}), dt, 34, 0, {});
  const auto rate = [](double t) { return 20 + 15 * std::sin(2 * std::numbers::pi * 3 * t + 0.4); };
  EXPECT_TRUE(same(collected(wave, 600, 77, 1000), drawn_one_by_one(rate, 35, {}, 34, 0, 600, 77, 1000)));
}

TEST(TileArrivals, AreTheSameHoweverTimeIsCut) {
  const auto poisson = [](std::uint64_t seed) {
    return std::make_shared<PoissonSpikes>(Schedule({{0, {30, 0, 0, 0}}}), dt, seed, 0, std::vector<double>(),
                                           std::vector<double>{1.5, 2.5});
  };
  const auto first = poisson(35), second = poisson(36);
  TileArrivals tile;
  const auto all = [&](const std::shared_ptr<PoissonSpikes>& source, const std::vector<int>& cuts) {
    std::vector<Arrival> joined;
    for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
      const std::size_t known = joined.size();
      tile.collect(source, 200, 500, cuts[c], cuts[c + 1] - cuts[c], joined);
      for (std::size_t i = known; i < joined.size(); ++i) joined[i].step += cuts[c] - cuts[0];
    }
    std::sort(joined.begin(), joined.end(), [](const Arrival& a, const Arrival& b) {
      return std::pair(a.element, a.step) < std::pair(b.element, b.step);
    });
    return joined;
  };
  const auto expected = [](const std::shared_ptr<PoissonSpikes>& source, int begin, int end) {
    std::vector<Arrival> arrivals;
    source->collect(200, 500, begin, end - begin, arrivals);
    return arrivals;
  };
  std::vector<int> singly(701);
  std::iota(singly.begin(), singly.end(), 100);
  EXPECT_TRUE(same(all(first, singly), expected(first, 100, 800)));
  EXPECT_TRUE(same(all(first, {100, 110, 250, 256, 512, 520, 800}), expected(first, 100, 800)));
  EXPECT_TRUE(same(all(second, {700, 710, 760}), expected(second, 700, 760)));  // another source
  EXPECT_TRUE(same(all(second, {100, 110, 130}), expected(second, 100, 130)));  // back in time
}

}  // namespace
}  // namespace tripartite
