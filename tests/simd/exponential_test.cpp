#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "host/simd/aligned.hpp"
#include "tripartite/backend.hpp"

namespace tripartite::simd {

#define TRIPARTITE_DECLARE_EXPONENTIAL(isa)                                     \
  namespace isa {                                                               \
  void exponential_of_each(const float* x, float* result, std::size_t count);   \
  void exponential_of_each(const double* x, double* result, std::size_t count); \
  }
TRIPARTITE_DECLARE_EXPONENTIAL(baseline)
#ifdef TRIPARTITE_X86
TRIPARTITE_DECLARE_EXPONENTIAL(avx2)
TRIPARTITE_DECLARE_EXPONENTIAL(avx512)
#endif

namespace {

using tripartite::AlignedVector;

template <class Real>
void exponential_of_each(InstructionSet set, const AlignedVector<Real>& x, AlignedVector<Real>& result) {
#ifdef TRIPARTITE_X86
  if (set == InstructionSet::avx512) return avx512::exponential_of_each(x.data(), result.data(), x.size());
  if (set == InstructionSet::avx2) return avx2::exponential_of_each(x.data(), result.data(), x.size());
#endif
  ASSERT_EQ(set, InstructionSet::baseline);
  baseline::exponential_of_each(x.data(), result.data(), x.size());
}

class Exponential : public testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    if (GetParam() > best_instruction_set()) GTEST_SKIP() << "this machine does not support " << to_string(GetParam());
  }

  template <class Real>
  Real of(Real x) {
    AlignedVector<Real> values(16, x), result(16);
    exponential_of_each(GetParam(), values, result);
    return result[5];
  }
};

long double reference(float x) { return std::exp(double(x)); }
long double reference(double x) { return std::exp((long double)(x)); }

/// Largest |computed - e^x| in ulps of e^x rounded to Real, over `count` points from `low` to `high`.
template <class Real>
double worst_error(InstructionSet set, double low, double high, std::size_t count) {
  AlignedVector<Real> x(4096), result(4096);
  double worst = 0;
  for (std::size_t first = 0; first < count; first += x.size()) {
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = Real(low + (high - low) * (double(first + i) + 0.5) / double(count + x.size()));
    exponential_of_each(set, x, result);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double exact = reference(x[i]);
      const Real rounded = Real(exact);
      const Real unit = std::nextafter(rounded, std::numeric_limits<Real>::infinity()) - rounded;
      const double error = double(std::abs((long double)(result[i]) - exact) / (long double)(unit));
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

// The bounds are those stated in host/simd/exponential.hpp.
TEST_P(Exponential, FloatErrorIsWithinTheStatedUlps) {
  EXPECT_LT(worst_error<float>(GetParam(), -87.3, 88.7, 1'000'000), 1.1);
  EXPECT_LT(worst_error<float>(GetParam(), -1, 1, 1'000'000), 1.1);
  EXPECT_LT(worst_error<float>(GetParam(), -1e-3, 1e-3, 100'000), 1.1);
}

TEST_P(Exponential, DoubleErrorIsWithinTheStatedUlps) {
  EXPECT_LT(worst_error<double>(GetParam(), -708.3, 709.7, 500'000), 1.1);
  EXPECT_LT(worst_error<double>(GetParam(), -1, 1, 500'000), 1.1);
  EXPECT_LT(worst_error<double>(GetParam(), -1e-6, 1e-6, 100'000), 1.1);
}

TEST_P(Exponential, IsOneAtZero) {
  EXPECT_EQ(of(0.0f), 1.0f);
  EXPECT_EQ(of(-0.0f), 1.0f);
  EXPECT_EQ(of(0.0), 1.0);
}

TEST_P(Exponential, UnderflowsToZero) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float x : {-87.4f, -100.0f, -1e30f, -infinity}) EXPECT_EQ(of(x), 0.0f) << x;
  for (const double x : {-708.4, -1000.0, -1e300, -double(infinity)}) EXPECT_EQ(of(x), 0.0) << x;
}

TEST_P(Exponential, OverflowsToInfinity) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float x : {88.8f, 1e30f, infinity}) EXPECT_EQ(of(x), infinity) << x;
  for (const double x : {709.8, 1e300, double(infinity)}) EXPECT_EQ(of(x), double(infinity)) << x;
}

TEST_P(Exponential, IsFiniteUpToTheOverflowThreshold) {
  EXPECT_NEAR(of(88.7228f) / std::exp(double(88.7228f)), 1, 1.2e-7);
  EXPECT_NEAR(of(709.7827) / std::exp(709.7827), 1, 4e-16);
}

TEST_P(Exponential, PropagatesNaN) {
  EXPECT_TRUE(std::isnan(of(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(of(std::numeric_limits<double>::quiet_NaN())));
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, Exponential,
                         testing::Values(InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512),
                         [](const auto& set) { return std::string(to_string(set.param)); });

}  // namespace
}  // namespace tripartite::simd
