#include "tripartite/transformer/reference_attention.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <tuple>
#include <vector>

#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

std::vector<double> normal_numbers(std::size_t size, unsigned seed, double deviation = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> draw(0, deviation);
  std::vector<double> numbers(size);
  for (double& number : numbers) number = draw(random);
  return numbers;
}

/// max|got - want| / max|want|; NaN if any value is NaN.
template <class Real>
double error(const std::vector<Real>& got, const std::vector<double>& want) {
  double difference = got.size() == want.size() ? 0 : NAN;
  double largest = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (!(std::abs(double(got[i]) - want[i]) <= difference)) difference = std::abs(double(got[i]) - want[i]);
    largest = std::max(largest, std::abs(want[i]));
  }
  return difference / largest;
}

template <class Real>
std::vector<Real> to(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

TEST(PlainAttention, IsTheMeanOfTheValuesForEqualKeys) {
  const std::vector<double> query{3, -1, 0.5, 2}, key{1, 2, 1, 2}, value{1, 10, 3, 30};
  std::vector<double> context(4);
  plain_softmax_attention({2, 1, 2, false}, query.data(), key.data(), value.data(), context.data());
  EXPECT_DOUBLE_EQ(context[0], 2);
  EXPECT_DOUBLE_EQ(context[1], 20);
  EXPECT_DOUBLE_EQ(context[3], 20);
}

TEST(PlainAttention, CausalFirstTokenSeesOnlyItself) {
  const std::vector<double> query{3, -1, 0.5, 2}, key{1, 2, 1, 2}, value{1, 10, 3, 30};
  std::vector<double> context(4);
  plain_softmax_attention({2, 1, 2, true}, query.data(), key.data(), value.data(), context.data());
  EXPECT_DOUBLE_EQ(context[0], 1);
  EXPECT_DOUBLE_EQ(context[2], 2);
}

TEST(PlainAttention, MatchesWeightsOfTwoKeysComputedByHand) {
  // logits q.k/sqrt(1) = 0 and ln 3: weights 1/4 and 3/4
  const std::vector<double> query{1, 1}, key{0, std::log(3.0)};
  std::vector<double> weights(4);
  plain_softmax_weights({2, 1, 1, false}, query.data(), key.data(), weights.data());
  EXPECT_NEAR(weights[0], 0.25, 1e-15);
  EXPECT_NEAR(weights[3], 0.75, 1e-15);
}

TEST(PlainAttention, ManyRandomFeaturesApproachSoftmax) {
  // Compares the two plain references with each other: the mean of exp(w.u - |u|^2/2) over w ~ N(0, 1) is the softmax
  // kernel.
  const AttentionProblem problem{5, 1, 2, true};
  const int features = 40000;
  const auto query = normal_numbers(10, 1, 0.7), key = normal_numbers(10, 2, 0.7), value = normal_numbers(10, 3);
  const auto directions = normal_numbers(std::size_t(2 * features), 4);
  const auto map = [&](const std::vector<double>& x) {
    std::vector<double> mapped;
    for (int token = 0; token < 5; ++token)
      for (int j = 0; j < features; ++j) {
        double projected = 0, square = 0;
        for (int c = 0; c < 2; ++c) {
          const double u = x[std::size_t(2 * token + c)] / std::pow(2.0, 0.25);
          projected += directions[std::size_t(2 * j + c)] * u;
          square += u * u;
        }
        mapped.push_back(std::exp(projected - square / 2));
      }
    return mapped;
  };
  std::vector<double> softmax(10), linear(10);
  plain_softmax_attention(problem, query.data(), key.data(), value.data(), softmax.data());
  plain_linear_attention(problem, features, map(query).data(), map(key).data(), value.data(), linear.data());
  EXPECT_LT(error(linear, softmax), 0.02);  // 1/sqrt(40000) = 0.005 times the standard deviation of exp()
}

class BlasAttention : public testing::TestWithParam<std::tuple<AttentionKind, bool, int>> {};

/// Error of the whole sequence in chunks of `chunk` tokens, in Real, against plain float64 loops.
template <class Real>
double chunked_error(AttentionKind kind, bool causal, int tokens, int chunk) {
  const AttentionShape shape{.layers = 2, .heads = 3, .head_size = 5, .max_tokens = tokens, .causal = causal};
  const AttentionProblem problem{tokens, shape.heads, shape.head_size, causal};
  const auto attention = make_blas_attention<Real>(kind, shape);
  double worst = 0;
  for (const bool again : {false, true}) {  // a second sequence must not depend on the first
    attention->reset();
    for (int first = 0; first < tokens; first += chunk)
      for (int layer = 0; layer < shape.layers; ++layer) {
        const std::size_t size = std::size_t(tokens) * shape.width();
        const unsigned seed = 10 * unsigned(layer) + (again ? 100 : 0);
        const auto query = normal_numbers(size, seed + 1, 2), key = normal_numbers(size, seed + 2, 2);
        const auto value = normal_numbers(size, seed + 3);
        std::vector<double> expected(size);
        if (kind == AttentionKind::softmax) {
          plain_softmax_attention(problem, query.data(), key.data(), value.data(), expected.data());
        } else {
          std::vector<double> phi_q(size), phi_k(size);
          plain_elu1_features(problem, query.data(), phi_q.data());
          plain_elu1_features(problem, key.data(), phi_k.data());
          plain_linear_attention(problem, shape.head_size, phi_q.data(), phi_k.data(), value.data(), expected.data());
        }
        const int count = std::min(chunk, tokens - first);
        const std::size_t start = std::size_t(first) * shape.width();
        const std::size_t end = start + std::size_t(count) * shape.width();
        std::vector<Real> context(end - start);
        attention->attend(layer, first, count, to<Real>(query).data() + start, to<Real>(key).data() + start,
                          to<Real>(value).data() + start, context.data());
        const double here = error(context, {expected.begin() + long(start), expected.begin() + long(end)});
        if (!(here <= worst)) worst = here;
      }
  }
  return worst;
}

TEST_P(BlasAttention, MatchesThePlainLoops) {
  const auto [kind, causal, tokens] = GetParam();
  EXPECT_LE(chunked_error<double>(kind, causal, tokens, tokens), 1e-13);  // worst seen 3e-15
  EXPECT_LE(chunked_error<float>(kind, causal, tokens, tokens), 1e-5);    // worst seen 2e-6
}

INSTANTIATE_TEST_SUITE_P(References, BlasAttention,
                         testing::Combine(testing::Values(AttentionKind::softmax, AttentionKind::linear_elu1),
                                          testing::Bool(),
                                          testing::Values(1, 2, 64, 150)));  // one token, one block, a partial block

class CausalBlasAttention : public testing::TestWithParam<std::tuple<AttentionKind, int>> {};

TEST_P(CausalBlasAttention, MatchesTheWholeSequenceInChunks) {
  const auto [kind, chunk] = GetParam();
  EXPECT_LE(chunked_error<double>(kind, true, 150, chunk), 1e-13);
  EXPECT_LE(chunked_error<float>(kind, true, 150, chunk), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(References, CausalBlasAttention,
                         testing::Combine(testing::Values(AttentionKind::softmax, AttentionKind::linear_elu1),
                                          testing::Values(1, 7, 64)));

TEST(BlasLinearAttention, AcceptsAnyNumberOfFeatures) {
  for (const bool causal : {false, true}) {
    const AttentionProblem problem{70, 2, 3, causal};
    const int features = 11;
    auto phi_q = normal_numbers(70 * 2 * 11, 1), phi_k = normal_numbers(70 * 2 * 11, 2);
    for (double& phi : phi_q) phi = std::abs(phi);
    for (double& phi : phi_k) phi = std::abs(phi);
    const auto value = normal_numbers(70 * 2 * 3, 3);
    std::vector<double> expected(value.size()), context(value.size());
    plain_linear_attention(problem, features, phi_q.data(), phi_k.data(), value.data(), expected.data());
    blas_linear_attention(problem, features, phi_q.data(), phi_k.data(), value.data(), context.data());
    EXPECT_LE(error(context, expected), 1e-13);
  }
}

TEST(BlasAttention, RejectsTokensThatDoNotContinueTheSequence) {
  const std::vector<double> x(12, 1.0);
  std::vector<double> context(12);
  for (const AttentionKind kind : {AttentionKind::softmax, AttentionKind::linear_elu1}) {
    const auto attention = make_blas_attention<double>(kind, {2, 1, 3, 4, true});
    const auto call = [&](int layer, int first, int tokens) {
      attention->attend(layer, first, tokens, x.data(), x.data(), x.data(), context.data());
    };
    EXPECT_THROW(call(0, 1, 1), ConfigError);  // token 0 was never fed
    EXPECT_THROW(call(2, 0, 1), ConfigError);  // no such layer
    EXPECT_THROW(call(-1, 0, 1), ConfigError);
    EXPECT_THROW(call(0, 0, 5), ConfigError);  // longer than the maximum
    EXPECT_THROW(call(0, 0, 0), ConfigError);
    call(0, 0, 3);
    EXPECT_THROW(call(0, 2, 1), ConfigError);  // token 2 is already stored
    EXPECT_THROW(call(0, 3, 2), ConfigError);
    EXPECT_NO_THROW(call(0, 3, 1));
  }
}

TEST(AttentionShape, MustHaveHeads) {
  EXPECT_THROW(make_blas_attention<float>(AttentionKind::softmax, {1, 0, 3, 4, true}), ConfigError);
}

}  // namespace
}  // namespace tripartite::transformer
