#pragma once

#include "host/simd/wide.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {

/// e^x. Cody-Waite reduction to |r| <= ln2 / 2, Taylor polynomial, scaling by exponent bits. Within
/// 1.1 units in the last place for float and 1.0 for double (tests/simd finds 1.04 and 0.98 on dense grids). Below the
/// smallest normal number the result is 0, above the largest it is infinity; NaN stays NaN.
TRIPARTITE_INLINE Wide<float> exponential(Wide<float> x) {
  using V = Wide<float>;
  const V low = broadcast<float>(-87.33654f), high = broadcast<float>(88.72283f);
  V clamped = x < low ? low : x;
  clamped = clamped > high ? high : clamped;
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low mantissa bits
  const V shifted = clamped * 1.44269504088896341f + magic;
  const V n = shifted - magic;
  V r = clamped - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  V p = r * 1.9841269841e-4f + 1.3888888889e-3f;
  p = p * r + 8.3333333333e-3f;
  p = p * r + 4.1666666667e-2f;
  p = p * r + 1.6666666667e-1f;
  p = p * r + 0.5f;
  p = p * (r * r) + r + 1.0f;
  // 2^n in two factors: n = 128 is a valid last step, but no float's exponent.
  const Integers<float> exponent = (Integers<float>)shifted - 0x4B400000;
  const Integers<float> half = exponent >> 1;
  const V first = (V)((half + 127) << 23), second = (V)((exponent - half + 127) << 23);
  V result = p * first * second;
  result = x < low ? V{} : result;
  result = x > high ? broadcast<float>(__builtin_inff()) : result;
  return x == x ? result : x;
}

TRIPARTITE_INLINE Wide<double> exponential(Wide<double> x) {
  using V = Wide<double>;
  const V low = broadcast<double>(-708.3964185322641), high = broadcast<double>(709.782712893384);
  V clamped = x < low ? low : x;
  clamped = clamped > high ? high : clamped;
  const double magic = 6755399441055744.0;  // 1.5 * 2^52
  const V shifted = clamped * 1.4426950408889634074 + magic;
  const V n = shifted - magic;
  V r = clamped - n * 6.93147180369123816490e-01;
  r = r - n * 1.90821492927058770002e-10;
  V p = r * 1.6059043836821613e-10 + 2.08767569878681e-09;
  p = p * r + 2.505210838544172e-08;
  p = p * r + 2.755731922398589e-07;
  p = p * r + 2.7557319223985893e-06;
  p = p * r + 2.48015873015873e-05;
  p = p * r + 1.984126984126984e-04;
  p = p * r + 1.388888888888889e-03;
  p = p * r + 8.333333333333333e-03;
  p = p * r + 4.166666666666666e-02;
  p = p * r + 1.6666666666666666e-01;
  p = p * r + 0.5;
  p = p * (r * r) + r + 1.0;
  const Integers<double> exponent = (Integers<double>)shifted - 0x4338000000000000;
  // AVX2 has no arithmetic shift of 64-bit integers; the exponent is small, so an offset makes the logical one do.
  const Integers<double> half = (Integers<double>)(((exponent + 4096) >> 1) - 2048);
  const V first = (V)((half + 1023) << 52), second = (V)((exponent - half + 1023) << 52);
  V result = p * first * second;
  result = x < low ? V{} : result;
  result = x > high ? broadcast<double>(__builtin_inf()) : result;
  return x == x ? result : x;
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
