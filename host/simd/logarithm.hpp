#pragma once

#include "host/simd/wide.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {

/// ln x for normal x > 0 in double precision, as e ln 2 + 2 atanh((m - 1) / (m + 1)), x = 2^e m, m from sqrt(1/2) to
/// sqrt(2). Largest error found: 3 units in the last place, also where it is nearly 0, unlike that of logarithm()
/// (tests/simd/elementary_test). Zero, infinity and NaN give anything.
TRIPARTITE_INLINE Wide<double> log(Wide<double> x) {
  using V = Wide<double>;
  using B = Bits<double>;
  constexpr std::uint64_t one = 0x3FF0000000000000, lowest = 0x3FE6A09E667F3BCD;  // the bits of 1 and of sqrt(1/2)
  constexpr std::uint64_t mantissa = 0x000FFFFFFFFFFFFF;
  constexpr std::uint64_t integer = 0x4330000000000000;  // the bits of 2^52, whose last bit counts ones
  const B raised = (B)x + (one - lowest);
  const V exponent = (V)(raised >> 52 | integer) - (0x1p52 + 1023);
  const V m = (V)((raised & mantissa) + lowest);
  const V w = (m - 1.0) / (m + 1.0), square = w * w;
  constexpr int terms = 11;  // w^22 / 23 < 1e-18
  V sum = broadcast<double>(1.0 / (2 * terms - 1));
#pragma GCC unroll 16
  for (int k = terms - 2; k >= 0; --k) sum = sum * square + 1.0 / (2 * k + 1);
  return exponent * 0.693147180559945309417 + 2.0 * w * sum;
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
