#pragma once

#include "tripartite/elementary.hpp"

namespace tripartite {

/// Form of the threshold function S of IP3 that flows along a difference of its concentration.
enum class Flux {
  smooth,    // ½ [tanh((Δ - I_Θ) / ω) + tanh((Δ + I_Θ) / ω)]
  published  // ½ (1 + tanh((|Δ| - I_Θ) / ω)) sign Δ: within 1.3e-5 of the other, jumps at 0
};

/// S(Δ) in [-1, 1], odd, of a difference of IP3 [uM] (Stimberg et al. 2019).
template <class Real, class Value>
TRIPARTITE_HD Real ip3_flux(Flux form, Real difference, Value threshold, Value scale) {
  if (form == Flux::published) {
    const Real size = Real(0.5) * (Real(1) + hyperbolic_tangent((abs(difference) - threshold) / Real(scale)));
    return select(difference < Real(0), -size, select(difference > Real(0), size, Real(0)));
  }
  return Real(0.5) * (hyperbolic_tangent((difference - threshold) / Real(scale)) +
                      hyperbolic_tangent((difference + threshold) / Real(scale)));
}

/// dS/dΔ; at the jump of the published form that of its smooth parts.
template <class Real, class Value>
TRIPARTITE_HD Real ip3_flux_slope(Flux form, Real difference, Value threshold, Value scale) {
  const Real low = hyperbolic_tangent((difference - threshold) / Real(scale));
  const Real high = hyperbolic_tangent((difference + threshold) / Real(scale));
  const Real at_low = Real(1) - low * low, at_high = Real(1) - high * high;
  if (form == Flux::published) return Real(0.5) * select(difference < Real(0), at_high, at_low) / Real(scale);
  return Real(0.5) * (at_low + at_high) / Real(scale);
}

}  // namespace tripartite
