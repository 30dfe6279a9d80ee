#pragma once

#include <cmath>
#include <cstdint>

#include "tripartite/host_device.hpp"

/// Functions of numbers that the equations call without a namespace, so that a number may also be a pack of many
/// (host/simd/pack.hpp), whose overloads are found by its type.
namespace tripartite {

TRIPARTITE_HD float exp(float x) { return std::exp(x); }
TRIPARTITE_HD double exp(double x) { return std::exp(x); }
TRIPARTITE_HD float abs(float x) { return std::fabs(x); }
TRIPARTITE_HD double abs(double x) { return std::fabs(x); }

/// Bits of x^(-1/root) from those of x > 0, within 5 %: they are nearly a straight line in the logarithm. NaN gives
/// anything.
template <int root, class Integer, class Integers>
TRIPARTITE_HD Integers inverse_root_bits(Integers bits) {
  constexpr bool single = sizeof(Integer) == 4;
  constexpr Integer one = Integer(single ? 0x3F800000 : 0x3FF0000000000000);  // the bits of 1
  constexpr Integer middle = Integer(1) << (single ? 19 : 48);  // the line runs between both ends of the error
  constexpr int dropped = single ? 16 : 45;                     // a product of short numbers takes less than a division
  return one - middle + one / root - (bits >> dropped) * ((Integer(1) << dropped) / root);
}
template <int root>
TRIPARTITE_HD float inverse_root_estimate(float x) {
  return __builtin_bit_cast(float, inverse_root_bits<root, std::int32_t>(__builtin_bit_cast(std::int32_t, x)));
}
template <int root>
TRIPARTITE_HD double inverse_root_estimate(double x) {
  return __builtin_bit_cast(double, inverse_root_bits<root, std::int64_t>(__builtin_bit_cast(std::int64_t, x)));
}

/// Sine and cosine of `half_turns` times pi.
TRIPARTITE_HD void sine_cosine(float half_turns, float& sine, float& cosine) {
#if defined(__CUDA_ARCH__)
  sincospif(half_turns, &sine, &cosine);  // unlike sincos it needs no local memory for large angles
#else
  sine = std::sin(3.14159265F * half_turns);
  cosine = std::cos(3.14159265F * half_turns);
#endif
}
TRIPARTITE_HD void sine_cosine(double half_turns, double& sine, double& cosine) {
#if defined(__CUDA_ARCH__)
  sincospi(half_turns, &sine, &cosine);
#else
  sine = std::sin(3.14159265358979323846 * half_turns);
  cosine = std::cos(3.14159265358979323846 * half_turns);
#endif
}

TRIPARTITE_HD float select(bool condition, float yes, float no) { return condition ? yes : no; }
TRIPARTITE_HD double select(bool condition, double yes, double no) { return condition ? yes : no; }
/// The larger or smaller of both; b if either is NaN.
TRIPARTITE_HD float larger(float a, float b) { return a > b ? a : b; }
TRIPARTITE_HD double larger(double a, double b) { return a > b ? a : b; }
TRIPARTITE_HD float smaller(float a, float b) { return a < b ? a : b; }
TRIPARTITE_HD double smaller(double a, double b) { return a < b ? a : b; }
TRIPARTITE_HD bool any(bool condition) { return condition; }

/// tanh z, exact to a unit in the last place of 1.
template <class Real>
TRIPARTITE_HD Real hyperbolic_tangent(Real z) {
  return Real(1) - Real(2) / (exp(Real(2) * z) + Real(1));
}

/// (1 - e^-z) / z for z >= 0: what a step of the exponential Euler method multiplies a derivative by.
template <class Real>
TRIPARTITE_HD Real relaxation(Real z) {
  // Below, 1 - e^-z loses digits; the next term of the series is z^5 / 720 < 5e-9 there.
  const Real series =
      Real(1) -
      z * (Real(0.5) - z * (Real(1.0 / 6) - z * (Real(1.0 / 24) - z * (Real(1.0 / 120) - z * Real(1.0 / 720)))));
  const auto is_small = z < Real(0.05);
  if (!any(!is_small)) return series;  // most states at most times: neither e^x nor a division
  return select(is_small, series, (Real(1) - exp(-z)) / select(is_small, Real(1), z));
}

}  // namespace tripartite
