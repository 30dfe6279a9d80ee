#pragma once

#include "host/simd/exponential.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {

/// ln x = n ln2 + 2 atanh((m - 1) / (m + 1)), x = 2^n m with sqrt(1/2) <= m < sqrt(2), for x from the smallest normal
/// number on; atanh by its series. The error is within 2 ulps of ln x or, near x = 1, within 1 ulp of x - 1
/// (tests/simd). 0 and subnormal numbers give the logarithm of something near the smallest normal number. Infinity and
/// NaN propagate; the result for negative x is invalid.
template <class Real>
TRIPARTITE_INLINE Wide<Real> log(Wide<Real> x) {
  using V = Wide<Real>;
  constexpr bool single = sizeof(Real) == sizeof(float);
  constexpr int mantissa_bits = single ? 23 : 52, terms = single ? 5 : 11;
  constexpr Integer<Real> least_mantissa = Integer<Real>(single ? 0x3F3504F3 : 0x3FE6A09E667F3BCD);  // sqrt(1/2)
  const Bits<Real> least = (Bits<Real>)(Integers<Real>{} + least_mantissa);  // differences of these wrap around
  const Integers<Real> bits = (Integers<Real>)((Bits<Real>)x - least);
  const Integers<Real> power = bits >> mantissa_bits;
  const V m = (V)((bits & ((Integer<Real>(1) << mantissa_bits) - 1)) + least_mantissa);
  const V n = __builtin_convertvector(power, V);
  const V away = m - Real(1), s = away / (m + Real(1)), square = s * s;
  V series = broadcast<Real>(Real(2.0 / (2 * terms - 1)));
#pragma GCC unroll 16
  for (int k = terms - 2; k >= 1; --k) series = series * square + Real(2.0 / (2 * k + 1));
  // 2 s = away - s away: the rounding of s does not enter the leading term.
  const V small = away - s * (away - square * series);
  // ln2 in two parts, the first of which times n is exact.
  const Real ln2_high = single ? Real(0.693359375) : Real(6.93147180369123816490e-01);
  const Real ln2_low = single ? Real(-2.12194440e-4) : Real(1.90821492927058770002e-10);
  V result = n * ln2_high + (small + n * ln2_low);
  const V infinity = broadcast<Real>(Real(__builtin_inf()));
  return x < infinity ? result : x;
}

/// x^exponent for x > 0: e^(exponent ln x), whose relative error grows with |exponent ln x|.
template <class Real>
TRIPARTITE_INLINE Wide<Real> pow(Wide<Real> x, Real exponent) {
  return exponential_of<Real>(exponent * log<Real>(x));
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
