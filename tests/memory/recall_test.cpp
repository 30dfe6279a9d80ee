#include "tripartite/memory/recall.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "host/memory/cpu_engine.hpp"
#include "io/error_text.hpp"
#include "tripartite/error.hpp"
#include "tripartite/memory/hopfield.hpp"

namespace tripartite::memory {
namespace {

using testing::HasSubstr;

int wrong_in_cue(const Patterns& patterns, Corruption corruption, double level, std::uint64_t seed) {
  return wrong_signs(patterns, 2, corrupted(patterns, 2, corruption, level, seed));
}

TEST(Corruption, FlipsExactlyTheFractionOfSigns) {
  const Patterns patterns = Patterns::random(101, 3, 7);
  EXPECT_EQ(wrong_in_cue(patterns, Corruption::flip, 0, 1), 0);
  EXPECT_EQ(wrong_in_cue(patterns, Corruption::flip, 0.1, 1), 10);
  EXPECT_EQ(wrong_in_cue(patterns, Corruption::flip, 1, 1), 101);
  for (const double x : corrupted(patterns, 2, Corruption::flip, 0.3, 1)) EXPECT_EQ(std::abs(x), 1);
}

TEST(Corruption, DependsOnlyOnSeedAndPattern) {
  const Patterns few = Patterns::random(50, 3, 7), many = Patterns::random(50, 90, 7);
  for (const Corruption corruption : {Corruption::flip, Corruption::noise}) {
    EXPECT_EQ(corrupted(few, 1, corruption, 0.2, 4), corrupted(many, 1, corruption, 0.2, 4));
    EXPECT_NE(corrupted(few, 1, corruption, 0.2, 4), corrupted(few, 1, corruption, 0.2, 5));
  }
}

TEST(Corruption, OccludesTheLastNeurons) {
  const Patterns patterns = Patterns::random(10, 3, 7);
  const auto cue = corrupted(patterns, 0, Corruption::occlude, 0.3, 1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(cue[std::size_t(i)], i < 7 ? patterns.sign(i, 0) : -1) << i;
}

TEST(Corruption, AddsNoiseOfTheRequestedLevel) {
  const Patterns patterns = Patterns::random(4000, 1, 7);
  const auto cue = corrupted(patterns, 0, Corruption::noise, 1.5, 1);
  double mean = 0, square = 0;
  for (int i = 0; i < 4000; ++i) {
    const double noise = cue[std::size_t(i)] - patterns.sign(i, 0);
    mean += noise / 4000;
    square += noise * noise / 4000;
  }
  EXPECT_NEAR(mean, 0, 4 * 1.5 / std::sqrt(4000.0));  // four standard errors
  EXPECT_NEAR(std::sqrt(square), 1.5, 4 * 1.5 / std::sqrt(8000.0));
}

TEST(Corruption, RejectsInvalidLevels) {
  const Patterns patterns = Patterns::random(10, 1, 7);
  for (const double level : {-0.1, 1.1, std::nan("")})
    EXPECT_THAT(error_text<ConfigError>([&] { corrupted(patterns, 0, Corruption::flip, level, 1); }),
                HasSubstr("must be in [0, 1]"));
}

/// Bytes needed for one cue in float32 with a fixed step and two threads.
double bytes_of(int neurons, std::int64_t count) {
  MemorySetup setup;
  setup.patterns = Patterns(neurons, count);
  return double(cpu::CpuEngine<float>::bytes(setup, 2));
}

TEST(MemoryNeeded, LetsALaptopRun16384Neurons) { EXPECT_LT(bytes_of(16'384, 1'000), 2.5e9); }

TEST(MemoryNeeded, StaysNearTheStateWith65536NeuronsAnd100000Patterns) {
  const double state = 2 * 65'536.0 * 65'536.0 * sizeof(float);
  EXPECT_GT(bytes_of(65'536, 100'000), state);
  EXPECT_LT(bytes_of(65'536, 100'000), 1.06 * state);  // patterns as bits: 2.4 %, sums of tiles: 1.7 %
}

TEST(MemoryNeeded, IsCheckedForPatternsBeforeAllocating) {
  EXPECT_THAT(error_text<MemoryError>([] { Patterns(1'000'000, 2'000'000'000); }),
              HasSubstr("2000000000 patterns of 1000000 neurons: needs 232831 GiB of memory, "));
}

class Recalls : public testing::Test {
 protected:
  std::vector<Recalled> recall(const RecallOptions& options, std::int64_t count) const {
    MemorySetup setup;
    setup.patterns = Patterns::random(40, 100, 3);
    setup.parameters = regime_parameters(Regime::cold, 40);
    setup.parameters.settled_rate = 0;
    std::vector<std::int64_t> memories(static_cast<std::size_t>(count));
    std::iota(memories.begin(), memories.end(), std::int64_t(0));
    std::vector<Recalled> results;
    memory::recall(setup, memories, options, results);
    return results;
  }
};

TEST_F(Recalls, DoNotDependOnTheBatch) {
  RecallOptions options;
  options.steps = 60;
  const auto few = recall(options, 3), many = recall(options, 70);  // more than fit into one batch
  ASSERT_EQ(many.size(), 70U);
  for (std::size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i].neurons, many[i].neurons) << i;
  EXPECT_EQ(many[69].pattern, 69);
  EXPECT_EQ(many[69].status.steps, 60);
}

TEST_F(Recalls, HaveFramesFromTheStartToTheEnd) {
  RecallOptions options;
  options.steps = 25;
  options.record_every = 10;
  options.with_energy = true;
  const Recalled cue = recall(options, 1).front();
  EXPECT_THAT(cue.times, testing::Pointwise(testing::DoubleEq(), {0.0, 0.5, 1.0, 1.25}));
  EXPECT_EQ(cue.overlaps.size(), 4U);
  EXPECT_EQ(cue.energies.size(), 4U);
  EXPECT_NEAR(cue.overlaps.front(), 0.8 * std::tanh(5.0), 1e-6);  // 4 of 40 flipped; float32
  EXPECT_EQ(cue.overlaps.back(), cue.overlap);
  EXPECT_LT(cue.energies.back(), cue.energies.front());
}

TEST_F(Recalls, TellWhichFractionIsDoneOfWhatSettlingTakes) {
  MemorySetup setup;
  setup.patterns = Patterns::random(60, 3, 3);
  setup.parameters = regime_parameters(Regime::cold, 60);
  RecallOptions options;
  options.steps = 20'000;  // far more than it takes
  options.record_every = 5;
  std::vector<double> told;
  std::vector<Recalled> results;
  memory::recall(setup, std::vector<std::int64_t>{0}, options, results, [&](double fraction) {
    told.push_back(fraction);
    return true;
  });
  ASSERT_LT(results.front().status.steps, options.steps / 10);
  ASSERT_GT(told.size(), 20U);
  for (std::size_t i = told.size() / 4; i < told.size(); ++i)
    EXPECT_NEAR(told[i], double(i) / double(told.size() - 1), 0.2) << i << " of " << told.size();
}

TEST_F(Recalls, StopWhenTheListenerAsks) {
  MemorySetup setup;
  setup.patterns = Patterns::random(20, 2, 3);
  setup.parameters = regime_parameters(Regime::cold, 20);
  const std::vector<std::int64_t> memories{0, 1};
  std::vector<Recalled> results;
  EXPECT_THROW(memory::recall(setup, memories, {}, results, [](double) { return false; }), Cancelled);
  RecallOptions options;
  options.stop = [] { return true; };
  EXPECT_THROW(memory::recall(setup, memories, options, results), Cancelled);
  EXPECT_THROW(HopfieldNetwork(setup.patterns, setup.parameters, options.stop), Cancelled);
  const std::vector<std::int64_t> absent{2};
  EXPECT_THAT(error_text<ConfigError>([&] { memory::recall(setup, absent, {}, results); }),
              HasSubstr("recall of pattern 2: there are 2"));
}

}  // namespace
}  // namespace tripartite::memory
