#pragma once

#include <cmath>

#include "tripartite/host_device.hpp"

/// Functions of numbers that the equations call without a namespace, so that a number may also be a pack of many
/// (host/simd/pack.hpp), whose overloads are found by its type.
namespace tripartite {

TRIPARTITE_HD float exp(float x) { return std::exp(x); }
TRIPARTITE_HD double exp(double x) { return std::exp(x); }
TRIPARTITE_HD float pow(float base, float exponent) { return std::pow(base, exponent); }
TRIPARTITE_HD double pow(double base, double exponent) { return std::pow(base, exponent); }
TRIPARTITE_HD float abs(float x) { return std::fabs(x); }
TRIPARTITE_HD double abs(double x) { return std::fabs(x); }

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
