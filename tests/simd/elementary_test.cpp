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
    void log_of_each(const float* x, float* result, std::size_t count);
    void log_of_each(const double* x, double* result, std::size_t count);
    void pow_of_each(const float* x, float exponent, float* result, std::size_t count);
    void pow_of_each(const double* x, double exponent, double* result, std::size_t count);
    void sine_cosine_of_each(const float* half_turns, float* sine, float* cosine, std::size_t count);
    void sine_cosine_of_each(const double* half_turns, double* sine, double* cosine, std::size_t count);)

namespace {

class Elementary : public testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    if (GetParam() > best_instruction_set()) GTEST_SKIP() << "this machine does not support " << to_string(GetParam());
  }
  template <class Real>
  AlignedVector<Real> log_of(const AlignedVector<Real>& x) {
    AlignedVector<Real> result(x.size());
    TRIPARTITE_CALL_FOR(GetParam(), log_of_each(x.data(), result.data(), x.size()));
    return result;
  }
  template <class Real>
  AlignedVector<Real> pow_of(const AlignedVector<Real>& x, Real exponent) {
    AlignedVector<Real> result(x.size());
    TRIPARTITE_CALL_FOR(GetParam(), pow_of_each(x.data(), exponent, result.data(), x.size()));
    return result;
  }
};

template <class Real>
constexpr Real epsilon = std::numeric_limits<Real>::epsilon();
template <class Real>
constexpr Real infinity = std::numeric_limits<Real>::infinity();

/// `count` numbers, a multiple of 16, whose logarithms are spread evenly.
template <class Real>
AlignedVector<Real> spread_over(double low, double high, std::size_t count) {
  AlignedVector<Real> x(count);
  for (std::size_t i = 0; i < count; ++i)
    x[i] = Real(std::exp(std::lerp(std::log(low), std::log(high), (double(i) + 0.5) / double(count))));
  return x;
}

/// The largest error of ln x in units in the last place of what is larger, ln x or x - 1.
template <class Real>
double worst_log(const AlignedVector<Real>& x, const AlignedVector<Real>& result) {
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double exact = std::log((long double)x[i]);
    const double error = double(std::abs(result[i] - exact) / std::abs(exact)) / double(epsilon<Real>);
    if (exact != 0 && !(error <= worst)) worst = error;
  }
  return worst;
}

TEST_P(Elementary, LogarithmIsWithinTheStatedUlps) {
  for (const auto& x : {spread_over<float>(1.2e-38, 3.4e38, 1 << 18), spread_over<float>(0.7, 1.5, 1 << 18)})
    EXPECT_LT(worst_log(x, log_of(x)), 2);
  for (const auto& x : {spread_over<double>(2.3e-308, 1.7e308, 1 << 18), spread_over<double>(0.7, 1.5, 1 << 18)})
    EXPECT_LT(worst_log(x, log_of(x)), 2);
}

TEST_P(Elementary, LogarithmOfOneIsZeroAndOfWhatIsNotFiniteItself) {
  const AlignedVector<float> f{1, infinity<float>, std::nanf(""), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const auto of_f = log_of(f);
  EXPECT_EQ(of_f[0], 0);
  EXPECT_EQ(of_f[1], infinity<float>);
  EXPECT_TRUE(std::isnan(of_f[2]));
  const AlignedVector<double> d{1, infinity<double>, std::nan(""), 1, 1, 1, 1, 1};
  const auto of_d = log_of(d);
  EXPECT_EQ(of_d[0], 0);
  EXPECT_EQ(of_d[1], infinity<double>);
  EXPECT_TRUE(std::isnan(of_d[2]));
}

// Of the factor of an adaptive step: error ratios from 1e-10 on, infinite ones among them.
TEST_P(Elementary, RootsForStepSizesAreRight) {
  for (const double exponent : {-1.0 / 3, -1.0 / 5}) {
    const auto f = spread_over<float>(1e-10, 3e38, 1 << 12);
    const auto of_f = pow_of(f, float(exponent));
    for (std::size_t i = 0; i < f.size(); ++i)
      ASSERT_NEAR(of_f[i] / std::pow(double(f[i]), double(float(exponent))), 1, 40 * epsilon<float>) << f[i];
    const auto d = spread_over<double>(1e-10, 1e300, 1 << 12);
    const auto of_d = pow_of(d, exponent);
    for (std::size_t i = 0; i < d.size(); ++i)
      ASSERT_NEAR(double(of_d[i] / std::pow((long double)d[i], (long double)exponent)), 1, 400 * epsilon<double>)
          << d[i];
  }
  const AlignedVector<float> odd{infinity<float>, std::nanf(""), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const auto of_odd = pow_of(odd, -0.2f);
  EXPECT_EQ(of_odd[0], 0);
  EXPECT_TRUE(std::isnan(of_odd[1]));
  EXPECT_EQ(of_odd[2], 1);
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
