#include "tripartite/elementary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "host/simd/aligned.hpp"
#include "host/simd/dispatch.hpp"

namespace tripartite::simd {

TRIPARTITE_FOR_EACH_INSTRUCTION_SET(
    void inverse_root_of_each(const float* x, int root, float* result, std::size_t count);
    void inverse_root_of_each(const double* x, int root, double* result, std::size_t count);
    void sine_cosine_of_each(const float* half_turns, float* sine, float* cosine, std::size_t count);
    void sine_cosine_of_each(const double* half_turns, double* sine, double* cosine, std::size_t count);
    void logarithm_of_each(const float* x, float* result, std::size_t count);
    void logarithm_of_each(const double* x, double* result, std::size_t count);)

namespace {

class Elementary : public testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    if (GetParam() > best_instruction_set()) GTEST_SKIP() << "this machine does not support " << to_string(GetParam());
  }
};

template <class Real>
constexpr Real epsilon = std::numeric_limits<Real>::epsilon();
/// `count` numbers, a multiple of 16, whose logarithms are spread evenly.
template <class Real>
AlignedVector<Real> spread_over(double low, double high, std::size_t count) {
  AlignedVector<Real> x(count);
  for (std::size_t i = 0; i < count; ++i)
    x[i] = Real(std::exp(std::lerp(std::log(low), std::log(high), (double(i) + 0.5) / double(count))));
  return x;
}

template <int root, class Real>
void expect_inverse_roots(InstructionSet set, double high) {
  const auto x = spread_over<Real>(1e-10, high, 1 << 12);
  AlignedVector<Real> result(x.size());
  TRIPARTITE_CALL_FOR(set, inverse_root_of_each(x.data(), root, result.data(), x.size()));
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_NEAR(result[i] * std::pow(double(x[i]), 1.0 / root), 1, 0.05) << x[i];
    ASSERT_EQ(result[i], inverse_root_estimate<root>(x[i])) << x[i];
  }
}

template <class Real>
void expect_logarithms(InstructionSet set, double low, double high) {
  const auto x = spread_over<Real>(low, high, 1 << 14);
  AlignedVector<Real> result(x.size());
  TRIPARTITE_CALL_FOR(set, logarithm_of_each(x.data(), result.data(), x.size()));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double exact = std::log(double(x[i]));
    ASSERT_NEAR(result[i], exact, 2 * epsilon<Real> * std::max(1.0, std::abs(exact))) << x[i];
  }
}

TEST_P(Elementary, LogarithmsAreAsGoodAsStated) {
  for (const auto& [low, high] : {std::pair{1e-37, 1e38}, std::pair{0.25, 4.0}, std::pair{0.999, 1.001}}) {
    expect_logarithms<float>(GetParam(), low, high);
    expect_logarithms<double>(GetParam(), low, high);
  }
  expect_logarithms<double>(GetParam(), 1e-300, 1e300);
}

// Of the factor of an adaptive step: error ratios from 1e-10 on. Every instruction set, and no instruction set, agree.
TEST_P(Elementary, RootsForStepSizesAreAsGoodAsStated) {
  expect_inverse_roots<3, float>(GetParam(), 3e38);
  expect_inverse_roots<5, float>(GetParam(), 3e38);
  expect_inverse_roots<3, double>(GetParam(), 1e300);
  expect_inverse_roots<5, double>(GetParam(), 1e300);
}

template <class Real>
void expect_circle(InstructionSet set, Real reach) {
  AlignedVector<Real> turns(1 << 16), sine(turns.size()), cosine(turns.size());
  for (std::size_t i = 0; i < turns.size(); ++i)
    turns[i] = Real((double(i) / double(turns.size()) - 0.5) * 2 * double(reach));
  for (int quarter = -8; quarter <= 8; ++quarter) turns[std::size_t(quarter + 8)] = Real(quarter) / 2;
  TRIPARTITE_CALL_FOR(set, sine_cosine_of_each(turns.data(), sine.data(), cosine.data(), turns.size()));
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const long double angle = std::numbers::pi_v<long double> * std::fmod((long double)turns[i], 2.0L);
    ASSERT_NEAR(double(sine[i] - std::sin(angle)), 0, epsilon<Real>) << turns[i];
    ASSERT_NEAR(double(cosine[i] - std::cos(angle)), 0, epsilon<Real>) << turns[i];
  }
}

TEST_P(Elementary, SineAndCosineAreWithinTheStatedUlps) {
  expect_circle<float>(GetParam(), 3);
  expect_circle<float>(GetParam(), 0x1p19f);
  expect_circle<double>(GetParam(), 3);
  expect_circle<double>(GetParam(), 0x1p48);
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, Elementary,
                         testing::Values(InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512),
                         [](const auto& set) { return std::string(to_string(set.param)); });

}  // namespace
}  // namespace tripartite::simd
