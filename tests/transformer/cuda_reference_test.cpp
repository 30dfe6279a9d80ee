// The cuBLAS references against the plain float64 loops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/numbers.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/cublas_attention.hpp"

namespace tripartite::transformer {
namespace {

#define REQUIRE_CUDA() \
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason

/// max|got - want| / max|want|; NaN if any value is NaN.
template <class Real>
double error(const std::vector<Real>& got, const std::vector<double>& want) {
  double difference = got.size() == want.size() ? 0 : NAN, largest = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (!(std::abs(double(got[i]) - want[i]) <= difference)) difference = std::abs(double(got[i]) - want[i]);
    largest = std::max(largest, std::abs(want[i]));
  }
  return difference / largest;
}

// Quotients of sums of up to 130 positive terms of similar size: a few units in the last place of the largest.
template <class Real>
constexpr double tolerance = sizeof(Real) == 4 ? 1e-5 : 1e-12;

struct Shapes {
  int heads, head_size, tokens;
  bool causal;
};

template <class Real>
void expect_reference(AttentionKind kind, const Shapes& shapes, const std::vector<int>& chunks) {
  const AttentionProblem problem{shapes.tokens, shapes.heads, shapes.head_size, shapes.causal};
  const int width = shapes.heads * shapes.head_size;
  const std::size_t size = std::size_t(shapes.tokens) * width;
  const auto attention = make_cublas_attention<Real>(kind, {.layers = 2,
                                                            .heads = shapes.heads,
                                                            .head_size = shapes.head_size,
                                                            .max_tokens = shapes.tokens,
                                                            .causal = shapes.causal});
  for (int round = 0; round < 2; ++round) {  // the second round after a reset, with different numbers
    for (int layer = 0; layer < 2; ++layer) {
      const unsigned seed = 10 * round + 100 * layer;
      const auto query = normal_numbers(size, seed + 1, 1.5), key = normal_numbers(size, seed + 2, 1.5),
                 value = normal_numbers(size, seed + 3);
      std::vector<double> want(size), phi_q(size), phi_k(size);
      if (kind == AttentionKind::softmax) {
        plain_softmax_attention(problem, query.data(), key.data(), value.data(), want.data());
      } else {
        plain_elu1_features(problem, query.data(), phi_q.data());
        plain_elu1_features(problem, key.data(), phi_k.data());
        plain_linear_attention(problem, shapes.head_size, phi_q.data(), phi_k.data(), value.data(), want.data());
      }
      const auto q = converted<Real>(query), k = converted<Real>(key), v = converted<Real>(value);
      std::vector<Real> got(size);
      int first = 0;
      for (const int chunk : chunks) {
        const std::size_t at = std::size_t(first) * width;
        attention->attend(layer, first, chunk, q.data() + at, k.data() + at, v.data() + at, got.data() + at);
        first += chunk;
      }
      EXPECT_LE(error(got, want), tolerance<Real>) << "layer " << layer << ", round " << round;
    }
    attention->reset();
  }
}

class CudaReference : public testing::TestWithParam<AttentionKind> {};

TEST_P(CudaReference, MatchesBidirectionalAttention) {
  REQUIRE_CUDA();
  for (const Shapes& shapes :
       {Shapes{1, 1, 1, false}, Shapes{3, 7, 33, false}, Shapes{2, 33, 130, false}, Shapes{5, 33, 9, false}}) {
    expect_reference<float>(GetParam(), shapes, {shapes.tokens});
    expect_reference<double>(GetParam(), shapes, {shapes.tokens});
  }
}

TEST_P(CudaReference, MatchesCausalAttentionInChunksOfAnySize) {
  REQUIRE_CUDA();
  expect_reference<float>(GetParam(), {3, 7, 33, true}, {1, 1, 5, 26});
  expect_reference<double>(GetParam(), {3, 7, 33, true}, {33});
  expect_reference<double>(GetParam(), {2, 33, 130, true}, {64, 65, 1});
  expect_reference<double>(GetParam(), {5, 33, 9, true}, {4, 5});
}

TEST_P(CudaReference, RejectsAnOutOfOrderToken) {
  REQUIRE_CUDA();
  const auto attention = make_cublas_attention<float>(
      GetParam(), {.layers = 1, .heads = 1, .head_size = 2, .max_tokens = 4, .causal = true});
  const std::vector<float> x(2, 1.0f);
  std::vector<float> context(2);
  EXPECT_THROW(attention->attend(0, 1, 1, x.data(), x.data(), x.data(), context.data()), ConfigError);
}

TEST_P(CudaReference, ReportsInsufficientMemoryBeforeAllocating) {
  REQUIRE_CUDA();
  try {
    make_cublas_attention<float>(
        GetParam(), {.layers = 1, .heads = 1 << 14, .head_size = 1 << 10, .max_tokens = 1 << 20, .causal = true});
    FAIL() << "no error";
  } catch (const MemoryError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("needs"), testing::HasSubstr("available")));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, CudaReference, testing::Values(AttentionKind::softmax, AttentionKind::linear_elu1));

TEST(CudaReference, LinearAttentionAcceptsGivenFeatures) {
  REQUIRE_CUDA();
  const int features = 19, d = 5, heads = 2, tokens = 70;
  for (const bool causal : {false, true}) {
    const AttentionProblem problem{tokens, heads, d, causal};
    auto phi_q = normal_numbers(std::size_t(tokens) * heads * features, 1);
    auto phi_k = normal_numbers(std::size_t(tokens) * heads * features, 2);
    for (auto* phi : {&phi_q, &phi_k})
      for (double& value : *phi) value = std::exp(value);
    const auto value = normal_numbers(std::size_t(tokens) * heads * d, 3);
    std::vector<double> want(value.size()), got(value.size());
    plain_linear_attention(problem, features, phi_q.data(), phi_k.data(), value.data(), want.data());
    cublas_linear_attention(problem, features, phi_q.data(), phi_k.data(), value.data(), got.data());
    EXPECT_LE(error(got, want), tolerance<double>);
  }
}

}  // namespace
}  // namespace tripartite::transformer
