#pragma once

#include "tripartite/elementary.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::synapse {

/// A drive as a function of time, for methods that choose their steps. Sines are expanded about the beginning of the
/// window, sin(a + b) = sin a cos b + cos a sin b, so that float32 does not lose the phase of a long run.
template <class Real, class Scalar>
struct SignalInputs {
  Scalar mean, sine, cosine;  // rate: mean + sine sin(π w t) + cosine cos(π w t), t since the window began
  Scalar half_turns;          // w [1/s]
  Scalar bias;
  Real factor;
  Scalar begin;  // of the integration, since the window began

  TRIPARTITE_HD bool changes() const { return sine != Scalar(0) || cosine != Scalar(0); }
  TRIPARTITE_HD Real angle(Real t) const { return half_turns * (t + begin); }
  TRIPARTITE_HD Input<Real> at(Real rate) const { return {factor * rate, Real(bias), Real(0)}; }
  TRIPARTITE_HD Real rate(Real t) const {
    if (!changes()) return Real(mean);
    Real s, c;
    sine_cosine(angle(t), s, c);
    return mean + sine * s + cosine * c;
  }
  TRIPARTITE_HD Input<Real> operator()(Real t) const { return at(rate(t)); }
  TRIPARTITE_HD Input<Real> shifted(Real t) const { return at(rate(t) + Real(1)); }
  TRIPARTITE_HD Real slope(Real t) const {
    Real s, c;
    sine_cosine(angle(t), s, c);
    return Scalar(3.14159265358979323846) * half_turns * (sine * c - cosine * s);
  }
};

}  // namespace tripartite::synapse
