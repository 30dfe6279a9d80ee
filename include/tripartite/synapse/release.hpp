#pragma once

#include "tripartite/elementary.hpp"

namespace tripartite {

/// Release of glutamate by a presynaptic rate (Tsodyks & Markram 1997, mean field): u and x as dy/dt = gain - loss y.
template <class Real>
struct ReleaseRates {
  Real utilisation_gain, utilisation_loss;
  Real resources_gain, resources_loss;
  Real used;  // the fraction of resources that a spike uses: r = used x
};

/// `resting` is U_0, the release probability of a synapse that has long been silent. `Parameters` has Omega_f, Omega_d.
template <class Real, class Parameters>
TRIPARTITE_HD ReleaseRates<Real> release_rates(const Parameters& p, Real resting, Real utilisation, Real rate) {
  ReleaseRates<Real> rates;
  rates.used = utilisation + resting * (Real(1) - utilisation);
  rates.utilisation_gain = resting * rate;
  rates.utilisation_loss = p.Omega_f + resting * rate;
  rates.resources_gain = Real(p.Omega_d);
  rates.resources_loss = p.Omega_d + rates.used * rate;
  return rates;
}

}  // namespace tripartite
