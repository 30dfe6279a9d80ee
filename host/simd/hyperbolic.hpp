#pragma once

#include "host/simd/wide.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {

namespace detail {

/// e^u - 1 for u in [-40, 0] (float), [-80, 0] (double): reduction to |r| <= ln2 / 2, Taylor polynomial of e^r - 1,
/// and 2^n (e^r - 1) + (2^n - 1), which is exact in its second part and keeps the relative error small down to u = 0.
TRIPARTITE_INLINE Wide<float> exponential_minus_one(Wide<float> u) {
  using V = Wide<float>;
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low mantissa bits
  const V shifted = u * 1.44269504088896341f + magic;
  const V n = shifted - magic;
  V r = u - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  V p = r * 1.9841269841e-4f + 1.3888888889e-3f;
  p = p * r + 8.3333333333e-3f;
  p = p * r + 4.1666666667e-2f;
  p = p * r + 1.6666666667e-1f;
  p = p * r + 0.5f;
  p = p * (r * r) + r;
  const V scale = (V)(((Integers<float>)shifted - 0x4B400000 + 127) << 23);
  return p * scale + (scale - 1.0f);
}

TRIPARTITE_INLINE Wide<double> exponential_minus_one(Wide<double> u) {
  using V = Wide<double>;
  const double magic = 6755399441055744.0;  // 1.5 * 2^52
  const V shifted = u * 1.4426950408889634074 + magic;
  const V n = shifted - magic;
  V r = u - n * 6.93147180369123816490e-01;
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
  p = p * (r * r) + r;
  const V scale = (V)(((Integers<double>)shifted - 0x4338000000000000 + 1023) << 52);
  return p * scale + (scale - 1.0);
}

/// Coefficients 1 / (2 k + 1) of atanh, as many as w <= 1/3 needs.
template <class Real>
inline constexpr int atanh_terms = sizeof(Real) == 4 ? 8 : 17;

}  // namespace detail

template <class Real>
TRIPARTITE_INLINE Wide<Real> magnitude(Wide<Real> x) {
  return x < Wide<Real>{} ? -x : x;
}

/// tanh x = -(e^u - 1) / (2 + (e^u - 1)), u = -2 |x|. Largest error found on a dense grid: 2.4 units in the last place
/// for float, 2.3 for double (tests/memory/hyperbolic_test). NaN stays NaN.
template <class Real>
TRIPARTITE_INLINE Wide<Real> hyperbolic_tangent(Wide<Real> x) {
  using V = Wide<Real>;
  const V low = broadcast<Real>(sizeof(Real) == 4 ? Real(-40) : Real(-80));  // tanh is 1 to the last bit long before
  V u = magnitude<Real>(x) * Real(-2);
  u = u < low ? low : u;
  const V e = detail::exponential_minus_one(u);
  const V tangent = -e / (e + Real(2));
  return x < V{} ? -tangent : tangent;
}

/// ln(1 + t) for t in [0, 1], as 2 atanh(t / (2 + t)). Largest error found: 2 units in the last place.
template <class Real>
TRIPARTITE_INLINE Wide<Real> log_one_plus(Wide<Real> t) {
  using V = Wide<Real>;
  const V w = t / (t + Real(2)), square = w * w;
  V sum = broadcast<Real>(Real(1) / Real(2 * detail::atanh_terms<Real> - 1));
#pragma GCC unroll 20
  for (int k = detail::atanh_terms<Real> - 2; k >= 0; --k) sum = sum * square + Real(1) / Real(2 * k + 1);
  return w * sum * Real(2);
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
