#pragma once

#include "tripartite/elementary.hpp"

namespace tripartite::neuron {

/// A neuron's firing rate (Tsodyks, Pawelzik & Markram 1998; docs/models.md, part D).
template <class Real>
struct RateNeuron {
  Real tau = Real(0.02);      // τ_ν [s]
  Real highest = Real(60);    // ν_max [1/s]
  Real threshold = Real(10);  // θ [1/s]: input that drives it to half of that
  Real width = Real(1.5);     // σ [1/s]

  /// F(z) [1/s] of the input z.
  TRIPARTITE_HD Real response(Real input) const {
    return highest / (Real(1) + exponential((threshold - input) / width));
  }
};

}  // namespace tripartite::neuron
