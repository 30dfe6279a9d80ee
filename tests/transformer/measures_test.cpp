#include "tripartite/transformer/measures.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

using Row = std::vector<double>;
std::span<const double> of(const Row& values) { return values; }

// Logits whose softmax is (1/4, 3/4), (1/2, 1/2); adding a constant to a row changes nothing.
const Row quarter{std::log(0.25) + 900, std::log(0.75) + 900};
const Row half{-3, -3};

TEST(KlMean, MatchesTwoCoinsComputedByHand) {
  EXPECT_NEAR(kl_mean(of(half), of(quarter), 2), 0.5 * std::log(0.5 / 0.25) + 0.5 * std::log(0.5 / 0.75), 1e-12);
  EXPECT_NEAR(kl_mean(of(quarter), of(half), 2), 0.25 * std::log(0.25 / 0.5) + 0.75 * std::log(0.75 / 0.5), 1e-12);
  EXPECT_EQ(kl_mean(of(quarter), of(quarter), 2), 0);
}

TEST(KlMean, IsTheMeanOverTokens) {
  const Row two{0, 0, 0, 0}, other{0, 0, quarter[0], quarter[1]};
  EXPECT_NEAR(kl_mean(of(two), of(other), 2), kl_mean(of(half), of(quarter), 2) / 2, 1e-12);
}

TEST(Top1Agreement, CountsRows) {
  const Row a{1, 2, 3, 3, 2, 1, 0, 5, 0}, b{0, 0, 9, 9, 2, 1, 0, 5, 6};
  EXPECT_DOUBLE_EQ(top1_agreement(of(a), of(b), 3), 2.0 / 3);
}

TEST(Perplexity, IsTwoForAFairCoinWhateverTheLastRow) {
  const Row logits{7, 7, 1, 1, 50, 0};
  EXPECT_NEAR(perplexity(of(logits), std::vector<int>{0, 1, 1}, 2), 2, 1e-12);
}

TEST(Perplexity, ScoresTheNextToken) {
  const Row logits{std::log(0.25), std::log(0.75), 0, 0};
  EXPECT_NEAR(perplexity(of(logits), std::vector<int>{0, 1}, 2), 4.0 / 3, 1e-12);
  EXPECT_NEAR(perplexity(of(logits), std::vector<int>{1, 0}, 2), 4, 1e-12);
}

TEST(Cosine, MatchesAnglesComputedByHand) {
  EXPECT_NEAR(cosine(of({1, 0}), of({1, 1})), std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(cosine(of({2, 1}), of({-4, -2})), -1, 1e-15);
}

TEST(RelativeL2, IsRelativeToTheExpectedValue) {
  EXPECT_DOUBLE_EQ(relative_l2(of({3, 4, 1}), of({3, 4, 0})), 0.2);
  EXPECT_EQ(relative_l2(of({0, 0}), of({0, 0})), 0);
}

TEST(Measures, RejectMismatchedArrays) {
  EXPECT_THROW(kl_mean(of({1, 2}), of({1, 2, 3, 4}), 2), ConfigError);
  EXPECT_THROW(top1_agreement(of({1, 2, 3}), of({1, 2, 3}), 2), ConfigError);
  EXPECT_THROW(perplexity(of({1, 2}), std::vector<int>{0}, 2), ConfigError);
  EXPECT_THROW(perplexity(of({1, 2, 3, 4}), std::vector<int>{0, 2}, 2), ConfigError);
  EXPECT_THROW(cosine(of({}), of({})), ConfigError);
}

}  // namespace
}  // namespace tripartite::transformer
