#include "tripartite/transformer/generate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "tripartite/error.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::transformer {
namespace {

const std::vector<double> scores{0.0, std::log(2.0), std::log(5.0), -1000.0, std::log(2.0)};  // odds 1 : 2 : 5 : 0 : 2

std::map<int, int> drawn(const Sampling& sampling, int draws) {
  Sampler sampler(sampling);
  std::map<int, int> counts;
  for (int i = 0; i < draws; ++i) ++counts[sampler.draw(std::span<const double>(scores))];
  return counts;
}

TEST(Sampler, DrawsInProportionToTheOdds) {
  const int draws = 20000;
  auto counts = drawn({.seed = 7}, draws);
  // five standard deviations of a binomial count, at most 0.0177 of the draws
  for (const auto& [token, share] : std::map<int, double>{{0, 0.1}, {1, 0.2}, {2, 0.5}, {4, 0.2}})
    EXPECT_NEAR(double(counts[token]) / draws, share, 0.0177) << "token " << token;
  EXPECT_EQ(counts[3], 0);
}

TEST(Sampler, SharpensWithALowTemperature) {
  const int draws = 20000;
  auto counts = drawn({.temperature = 0.5, .seed = 8}, draws);  // odds 1 : 4 : 25 : 0 : 4
  EXPECT_NEAR(double(counts[2]) / draws, 25.0 / 34, 0.0156);
  EXPECT_NEAR(double(counts[0]) / draws, 1.0 / 34, 0.006);
}

TEST(Sampler, TakesTheMostLikelyTokenAtTemperatureZero) {
  EXPECT_EQ(drawn({.temperature = 0}, 10), (std::map<int, int>{{2, 10}}));
}

TEST(Sampler, DrawsFromTheTopKAndBreaksTiesByIndex) {
  const int draws = 20000;
  auto counts = drawn({.top_k = 2, .seed = 9}, draws);  // tokens 2 and 1; 4 is as likely as 1 but has a higher index
  EXPECT_NEAR(double(counts[2]) / draws, 5.0 / 7, 0.016);
  EXPECT_EQ(counts[1] + counts[2], draws);
}

TEST(Sampler, RepeatsOnlyWithTheSameSeed) {
  const auto sequence = [](std::uint64_t seed) {
    Sampler sampler({.seed = seed});
    std::vector<int> tokens;
    for (int i = 0; i < 50; ++i) tokens.push_back(sampler.draw(std::span<const double>(scores)));
    return tokens;
  };
  EXPECT_EQ(sequence(3), sequence(3));
  EXPECT_NE(sequence(3), sequence(4));
}

TEST(Sampler, GoesOnBehindDrawsThatItLeavesOut) {
  Sampler whole({.seed = 3}), later({.seed = 3});
  for (int i = 0; i < 5; ++i) whole.draw(std::span<const double>(scores));
  later.skip(5);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(whole.draw(std::span<const double>(scores)), later.draw(std::span<const double>(scores))) << i;
}

TEST(Sampler, RejectsInvalidSettingsAndNonFiniteLogits) {
  EXPECT_THROW(Sampler({.temperature = -1}), ConfigError);
  EXPECT_THROW(Sampler({.temperature = NAN}), ConfigError);
  EXPECT_THROW(Sampler({.top_k = -1}), ConfigError);
  Sampler sampler({});
  const std::vector<float> bad{0, NAN}, infinite{0, std::numeric_limits<float>::infinity()};
  EXPECT_THROW(sampler.draw(std::span<const float>(bad)), NumericsError);
  EXPECT_THROW(sampler.draw(std::span<const float>(infinite)), NumericsError);
}

class Generate : public testing::Test {
 protected:
  Model<double> model{embedded_model("kjv-softmax")};
  std::unique_ptr<Attention<double>> attention =
      make_blas_attention<double>(AttentionKind::softmax, model.shape().attention_shape());
  Sequence<double> sequence{model, *attention};
  const std::vector<int> prompt{38, 330, 355};
};

TEST_F(Generate, MatchesTheMostLikelyTokensOfASinglePass) {
  Sampler sampler({.temperature = 0});
  const auto drawn_tokens = generate<double>(sequence, prompt, 12, sampler);
  std::vector<int> text = prompt;
  text.insert(text.end(), drawn_tokens.begin(), drawn_tokens.end());
  sequence.restart();
  sequence.append(text);
  const auto logits = sequence.logits(int(text.size()));
  const auto vocabulary = std::size_t(model.shape().vocabulary);
  for (std::size_t i = 0; i < drawn_tokens.size(); ++i) {
    const auto row = logits.subspan((prompt.size() - 1 + i) * vocabulary, vocabulary);
    EXPECT_EQ(std::max_element(row.begin(), row.end()) - row.begin(), drawn_tokens[i]) << "token " << i;
  }
}

TEST_F(Generate, ReportsEachTokenAndStopsOnRequest) {
  Sampler sampler({.seed = 1});
  std::vector<int> told;
  const auto tokens = generate<double>(sequence, prompt, 12, sampler, [&](int token) {
    told.push_back(token);
    return told.size() < 3;
  });
  EXPECT_EQ(tokens, told);
  EXPECT_EQ(told.size(), 3u);
}

TEST_F(Generate, FillsTheContextExactly) {
  Sampler sampler({.seed = 1});
  const int room = model.shape().max_tokens - int(prompt.size()) + 1;  // the last token is drawn but not fed
  EXPECT_THROW(generate<double>(sequence, prompt, room + 1, sampler), ConfigError);
  EXPECT_EQ(generate<double>(sequence, prompt, room, sampler).size(), std::size_t(room));
  EXPECT_THROW(generate<double>(sequence, {}, 1, sampler), ConfigError);
}

TEST_F(Generate, GoesOnBehindNoMoreTokensThanTheAttentionHolds) {
  EXPECT_THROW(sequence.go_on_behind(-1), ConfigError);
  EXPECT_THROW(sequence.go_on_behind(model.shape().max_tokens + 1), ConfigError);
  sequence.go_on_behind(4);
  EXPECT_EQ(sequence.tokens(), 4);
}

}  // namespace
}  // namespace tripartite::transformer
