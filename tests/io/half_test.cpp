#include "host/io/half.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tripartite::io {
namespace {

/// IEEE 754, section 3.4, in float64: `exponent_bits` and `fraction_bits` of a 16-bit pattern.
double oracle_value(unsigned bits, int exponent_bits, int fraction_bits) {
  const int exponent = static_cast<int>(bits >> fraction_bits) % (1 << exponent_bits);
  const double fraction = std::ldexp(static_cast<double>(bits % (1U << fraction_bits)), -fraction_bits);
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const double sign = bits >= 0x8000U ? -1.0 : 1.0;
  if (exponent == (1 << exponent_bits) - 1) return fraction == 0.0 ? sign * INFINITY : NAN;
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias);
  return sign * std::ldexp(1.0 + fraction, exponent - bias);
}

void expect_same(double got, double want, unsigned bits) {
  if (std::isnan(want)) {
    EXPECT_TRUE(std::isnan(got)) << bits;
  } else {
    EXPECT_EQ(got, want) << bits;
    EXPECT_EQ(std::signbit(got), std::signbit(want)) << bits;
  }
}

TEST(Half, ConvertsEveryBitPatternExactly) {
  for (unsigned bits = 0; bits < 0x10000U; ++bits)
    expect_same(half_to_float(static_cast<std::uint16_t>(bits)), oracle_value(bits, 5, 10), bits);
}

TEST(Bfloat16, ConvertsEveryBitPatternExactly) {
  for (unsigned bits = 0; bits < 0x10000U; ++bits)
    expect_same(bfloat16_to_float(static_cast<std::uint16_t>(bits)), oracle_value(bits, 8, 7), bits);
}

}  // namespace
}  // namespace tripartite::io
