#pragma once

#include "host/simd/exponential.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {

namespace detail {

/// e^u - 1 for u in [-40, 0] (float), [-80, 0] (double): 2^n (e^r - 1) + (2^n - 1), whose second term is exact, so that
/// the relative error stays small down to u = 0.
template <class Real>
TRIPARTITE_INLINE Wide<Real> exponential_minus_one(Wide<Real> u) {
  using V = Wide<Real>;
  constexpr bool single = sizeof(Real) == sizeof(float);
  constexpr int mantissa_bits = single ? 23 : 52;
  // The bits of the number whose addition rounds to n, and the exponent bias.
  constexpr Integer<Real> magic_bits = Integer<Real>(single ? 0x4B400000 : 0x4338000000000000),
                          bias = single ? 127 : 1023;
  const auto [shifted, minus_one] = reduced_exponential(u);
  const V scale = (V)(((Integers<Real>)shifted - magic_bits + bias) << mantissa_bits);
  return minus_one * scale + (scale - Real(1));
}

/// Coefficients 1 / (2 k + 1) of atanh, as many as needed for w <= 1/3.
template <class Real>
inline constexpr int atanh_terms = sizeof(Real) == 4 ? 8 : 17;

}  // namespace detail

/// The bit of the sign.
template <class Real>
TRIPARTITE_INLINE Bits<Real> sign_bits() {
  return (Bits<Real>)broadcast(Real(-0.0));
}

template <class Real>
TRIPARTITE_INLINE Wide<Real> abs(Wide<Real> x) {
  return (Wide<Real>)((Bits<Real>)x & ~sign_bits<Real>());
}

/// tanh x = -(e^u - 1) / (2 + (e^u - 1)), u = -2 |x|. Largest error found on a dense grid: 2.5 units in the last place
/// for float and double (tests/memory/hyperbolic_test). NaN propagates.
template <class Real>
TRIPARTITE_INLINE Wide<Real> hyperbolic_tangent(Wide<Real> x) {
  using V = Wide<Real>;
  const V low = broadcast<Real>(sizeof(Real) == 4 ? Real(-40) : Real(-80));  // tanh rounds to 1 well before this
  // By bits, where comparisons and choices would take the place of products: -|x|, and the sign of x.
  const V u = larger<Real>((V)((Bits<Real>)x | sign_bits<Real>()) * Real(2), low);
  const V e = detail::exponential_minus_one<Real>(u);
  const V tangent = e / (e + Real(2));
  return (V)(((Bits<Real>)tangent & ~sign_bits<Real>()) | ((Bits<Real>)x & sign_bits<Real>()));
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

/// ln x for normal x > 0. Absolute error: within 2 units in the last place of the larger of |ln x| and 1.
template <class Real>
TRIPARTITE_INLINE Wide<Real> logarithm(Wide<Real> x) {
  using V = Wide<Real>;
  constexpr bool single = sizeof(Real) == sizeof(float);
  constexpr int mantissa_bits = single ? 23 : 52;
  const Bits<Real> bits = (Bits<Real>)x, one = (Bits<Real>)broadcast<Real>(Real(1));
  const Bits<Real> mantissa = bits - ((bits >> mantissa_bits) << mantissa_bits);
  // Behind the leading bit of 2^mantissa_bits, the exponent is a number.
  const Real leading = single ? Real(8388608) : Real(4503599627370496);
  const V exponent =
      (V)((bits >> mantissa_bits) | (Bits<Real>)broadcast<Real>(leading)) - (leading + (single ? 127 : 1023));
  return exponent * Real(0.693147180559945309) + log_one_plus<Real>((V)(mantissa | one) - Real(1));
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
