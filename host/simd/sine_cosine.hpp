#pragma once

#include "host/simd/wide.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {

/// Sine and cosine of `half_turns` times pi, |half_turns| < 2^20 (float), 2^49 (double): the nearest multiple of a
/// quarter turn is taken off exactly, the rest by Taylor polynomials. The error is within 1 ulp of 1 (tests/simd). NaN
/// propagates.
template <class Real>
TRIPARTITE_INLINE void sine_cosine(Wide<Real> half_turns, Wide<Real>& sine, Wide<Real>& cosine) {
  using V = Wide<Real>;
  constexpr bool single = sizeof(Real) == sizeof(float);
  constexpr Real magic = single ? Real(12582912.0) : Real(6755399441055744.0);  // adding it rounds to an integer
  constexpr int terms = single ? 5 : 8;
  constexpr double pi = 3.14159265358979323846;
  const V shifted = half_turns * Real(2) + magic;
  const V rest = (half_turns - (shifted - magic) * Real(0.5)) * Real(pi);  // |rest| <= pi / 4
  const V square = rest * rest;
  V sine_series = broadcast<Real>(Real(0)), cosine_series = sine_series;
#pragma GCC unroll 16
  for (int k = terms; k >= 1; --k) {  // sin r / r = 1 - r^2 / (2 3) (1 - r^2 / (4 5) (...)), and likewise cos r
    sine_series = (Real(1) - sine_series) * square * Real(1.0 / (2 * k * (2 * k + 1)));
    cosine_series = (Real(1) - cosine_series) * square * Real(1.0 / (2 * k * (2 * k - 1)));
  }
  const V s = rest - rest * sine_series, c = Real(1) - cosine_series;
  const Integers<Real> quarter = (Integers<Real>)shifted;  // its low bits count quarter turns
  const Integers<Real> swaps = -(quarter & 1);
  constexpr int sign_shift = int(sizeof(Real)) * 8 - 2;
  constexpr Integer<Real> sign = Integer<Real>(1) << (sign_shift + 1);
  const V of_sine = swaps ? c : s, of_cosine = swaps ? s : c;
  sine = (V)((Integers<Real>)of_sine ^ ((quarter << sign_shift) & sign));
  cosine = (V)((Integers<Real>)of_cosine ^ (((quarter + 1) << sign_shift) & sign));
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
