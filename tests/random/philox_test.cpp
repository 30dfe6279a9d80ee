#include "tripartite/random/philox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace tripartite::random {
namespace {

using Words = std::array<std::uint32_t, 4>;

// kat_vectors of Random123 (Salmon et al. 2011), philox4x32 with 10 rounds: counter, key, result.
TEST(Philox, MatchesThePublishedWordsForZeros) {
  EXPECT_EQ(Philox{0}.words(0, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

TEST(Philox, MatchesThePublishedWordsForOnes) {
  const std::uint64_t ones = ~std::uint64_t(0);
  EXPECT_EQ(Philox{ones}.words(ones, ones), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(Philox, MatchesThePublishedWordsForPi) {
  // counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0
  EXPECT_EQ(Philox{0x299f31d0a4093822}.words(0x85a308d3243f6a88, 0x0370734413198a2e),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, StreamsAndSeedsDiffer) {
  std::set<double> draws;
  for (const std::uint64_t seed : {1, 2})
    for (const std::uint64_t stream : {0, 1, 2})
      for (const std::uint64_t index : {0, 1}) draws.insert(Philox{seed}.uniform(index, stream));
  EXPECT_EQ(draws.size(), 12u);
}

TEST(OpenUnit, ExcludesBothEnds) {
  EXPECT_GT(open_unit(0, 0), 0);
  EXPECT_LT(open_unit(0xffffffff, 0xffffffff), 1);
}

TEST(Philox, UniformNumbersAreUniformOnTheUnitInterval) {
  // Kolmogorov-Smirnov: P(D > 1.95 / sqrt(n)) = 0.001; the draws are fixed, so the test is deterministic.
  const Philox philox{3};
  std::vector<double> draws(20000);
  for (std::size_t i = 0; i < draws.size(); ++i) draws[i] = philox.uniform(i);
  std::sort(draws.begin(), draws.end());
  double distance = 0;
  for (std::size_t i = 0; i < draws.size(); ++i)
    distance = std::max({distance, std::abs(draws[i] - double(i) / double(draws.size())),
                         std::abs(draws[i] - double(i + 1) / double(draws.size()))});
  EXPECT_GT(draws.front(), 0);
  EXPECT_LT(draws.back(), 1);
  EXPECT_LT(distance, 1.95 / std::sqrt(double(draws.size())));
}

TEST(Philox, NormalNumbersHaveTheNormalDistribution) {
  const Philox philox{4};
  std::vector<double> draws(20000);
  for (std::size_t i = 0; i < draws.size(); ++i) draws[i] = philox.normal(i, 9);
  std::sort(draws.begin(), draws.end());
  double distance = 0;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double expected = 0.5 * std::erfc(-draws[i] / std::sqrt(2.0));
    distance = std::max(distance, std::abs(expected - (double(i) + 0.5) / double(draws.size())));
  }
  EXPECT_LT(distance, 1.95 / std::sqrt(double(draws.size())));
}

TEST(LogNormal, HasMeanOneAndTheRequestedVariation) {
  const Philox philox{5};
  const int count = 200000;
  double sum = 0, squares = 0;
  for (int i = 0; i < count; ++i) {
    const double x = log_normal_mean_one(philox.normal(std::uint64_t(i)), 0.3);
    sum += x;
    squares += x * x;
  }
  const double mean = sum / count, deviation = std::sqrt(squares / count - mean * mean);
  EXPECT_NEAR(mean, 1, 4 * 0.3 / std::sqrt(double(count)));  // four standard errors
  EXPECT_NEAR(deviation / mean, 0.3, 0.003);  // four standard errors, with the excess kurtosis of this log-normal
}

TEST(LogNormal, IsOneWithoutVariation) { EXPECT_EQ(log_normal_mean_one(1.7, 0), 1); }

}  // namespace
}  // namespace tripartite::random
