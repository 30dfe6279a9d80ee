#include "tripartite/elementary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>

#include "host/simd/aligned.hpp"
#include "host/simd/dispatch.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite::simd {

TRIPARTITE_FOR_EACH_INSTRUCTION_SET(
    void inverse_root_of_each(const float* x, int root, float* result, std::size_t count);
    void inverse_root_of_each(const double* x, int root, double* result, std::size_t count);
    void sine_cosine_of_each(const float* half_turns, float* sine, float* cosine, std::size_t count);
    void sine_cosine_of_each(const double* half_turns, double* sine, double* cosine, std::size_t count);
    void logarithm_of_each(const float* x, float* result, std::size_t count);
    void logarithm_of_each(const double* x, double* result, std::size_t count);
    void log_of_each(const double* x, double* result, std::size_t count);
    void philox_of_each(std::uint64_t seed, std::uint64_t index, const std::uint64_t* stream, std::uint64_t* words,
                        std::size_t count);
    void left_of_each(const float* z, float* exact, float* estimated, std::size_t count);
    void left_of_each(const double* z, double* exact, double* estimated, std::size_t count);)

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

TEST_P(Elementary, LogarithmIsAsGoodAsStated) {
  // As of uniform numbers, down to 2^-53, and where the logarithm is nearly 0.
  auto x = spread_over<double>(0x1p-53, 1e3, 1 << 16);
  for (std::size_t i = 0; i < 1 << 12; ++i) x[16 * i] = 1 - std::ldexp(double(i + 1), i % 2 == 0 ? -52 : -14);
  AlignedVector<double> result(x.size());
  TRIPARTITE_CALL_FOR(GetParam(), log_of_each(x.data(), result.data(), x.size()));
  for (std::size_t i = 0; i < x.size(); ++i)
    ASSERT_NEAR(result[i], std::log(x[i]), 3 * epsilon<double> * std::abs(std::log(x[i]))) << x[i];
}

TEST_P(Elementary, PhiloxGivesTheWordsOfTheScalarCode) {
  AlignedVector<std::uint64_t> stream(1 << 10), words(stream.size());
  for (std::size_t i = 0; i < stream.size(); ++i) stream[i] = i * 0x100000001 + (i % 3 << 40);
  const std::uint64_t seed = 0xDEADBEEF12345678, index = 0x87654321FEDCBA98;
  TRIPARTITE_CALL_FOR(GetParam(), philox_of_each(seed, index, stream.data(), words.data(), stream.size()));
  for (std::size_t i = 0; i < stream.size(); ++i) {
    const auto expected = random::Philox{seed}.words(index, stream[i]);
    ASSERT_EQ(words[i] >> 32, expected[0]) << i;
    ASSERT_EQ(words[i] & 0xFFFFFFFF, expected[1]) << i;
  }
}

template <class Real>
void expect_to_leave_no_less_than_nothing(InstructionSet set) {
  const auto z = spread_over<Real>(1e-4, 1e6, 1 << 14);
  AlignedVector<Real> exact(z.size()), estimated(z.size());
  TRIPARTITE_CALL_FOR(set, left_of_each(z.data(), exact.data(), estimated.data(), z.size()));
  for (std::size_t i = 0; i < z.size(); ++i) {
    ASSERT_GE(exact[i], 0) << z[i];
    ASSERT_LE(exact[i], 1) << z[i];
    ASSERT_GE(estimated[i], 0) << z[i];
    ASSERT_LE(estimated[i], 1) << z[i];
  }
}

// Fused products round once: they see what the rounding of a factor left over.
TEST_P(Elementary, ExponentialStepsLeaveNoLessThanNothingOfAState) {
  expect_to_leave_no_less_than_nothing<float>(GetParam());
  expect_to_leave_no_less_than_nothing<double>(GetParam());
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
