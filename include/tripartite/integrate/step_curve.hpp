#pragma once

#include "tripartite/host_device.hpp"

namespace tripartite::integrate {

/// A state over a step of length h: the cubic through both ends and their slopes, bent by a fourth order that vanishes
/// with its slope at both ends (Hairer, Nørsett & Wanner, II.6).
template <class Real>
struct StepCurve {
  Real y, change, begin, end, bend;

  TRIPARTITE_HD StepCurve(Real h, Real first, Real f, Real next, Real f_next, Real fourth_order)
      : y(first), change(next - first), begin(h * f - change), end(change - h * f_next - begin), bend(fourth_order) {}

  /// At the fraction s of the step.
  TRIPARTITE_HD Real operator()(Real s) const {
    return y + s * (change + (Real(1) - s) * (begin + s * (end + (Real(1) - s) * bend)));
  }
};

}  // namespace tripartite::integrate
