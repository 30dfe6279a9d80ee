#pragma once

#include "tripartite/astrocyte/gap_junctions.hpp"
#include "tripartite/elementary.hpp"

namespace tripartite::calcium {

/// IP3, calcium and the open fraction h of the IP3 receptors (De Pittà et al. 2009; docs/models.md, part C), each as
/// dy/dt = gain - loss y with gain, loss >= 0. Concentrations [uM], time [s].
template <class Real>
struct GchiRates {
  Real ip3_gain, ip3_loss;
  Real calcium_gain, calcium_loss;
  Real open_gain, open_loss;
};

/// What calcium and IP3 do by themselves in a process or a soma; the caller adds what enters from outside. `Parameters`
/// has the fields that tripartite_synapse.hpp lists.
template <class Real, class Parameters>
TRIPARTITE_HD GchiRates<Real> gchi_rates(const Parameters& p, Real ip3, Real calcium, Real open) {
  const Real calcium2 = calcium * calcium;
  const Real calcium4 = calcium2 * calcium2;
  const Real kinase2 = p.K_D * p.K_D;
  GchiRates<Real> rates;
  // PLC delta makes IP3; the 3-kinase and the 5-phosphatase break it down.
  rates.ip3_gain = p.O_delta * p.kappa_delta / (p.kappa_delta + ip3) * (calcium2 / (calcium2 + p.K_delta * p.K_delta));
  rates.ip3_loss = p.O_3K * calcium4 / ((calcium4 + kinase2 * kinase2) * (ip3 + p.K_3K)) + p.Omega_5P;
  const Real active = ip3 / (ip3 + p.d_1) * (calcium / (calcium + p.d_5)) * open;  // m h, one subunit
  const Real flow = p.Omega_C * (active * active * active) + p.Omega_L;
  const Real pump = p.O_P * calcium / (calcium2 + p.K_P * p.K_P);
  rates.calcium_gain = flow * p.C_T;
  rates.calcium_loss = flow * (Real(1) + p.rho_A) + pump;
  const Real inhibition = p.d_2 * (ip3 + p.d_1) / (ip3 + p.d_3);  // Q_2
  rates.open_gain = p.O_2 * inhibition;
  rates.open_loss = p.O_2 * (inhibition + calcium);
  return rates;
}

/// Derivatives of (dI/dt, dC/dt, dh/dt) by (I, C, h).
template <class Real>
struct GchiJacobian {
  Real ip3_ip3, ip3_calcium;
  Real calcium_ip3, calcium_calcium, calcium_open;
  Real open_ip3, open_calcium, open_open;
};

template <class Real, class Parameters>
TRIPARTITE_HD GchiJacobian<Real> gchi_jacobian(const Parameters& p, Real ip3, Real calcium, Real open) {
  const Real calcium2 = calcium * calcium;
  const Real calcium4 = calcium2 * calcium2;
  GchiJacobian<Real> j;

  const Real plc = p.O_delta * p.kappa_delta / (p.kappa_delta + ip3);
  const Real plc_scale = p.K_delta * p.K_delta;
  const Real plc_calcium = calcium2 + plc_scale;
  const Real kinase4 = p.K_D * p.K_D * p.K_D * p.K_D;
  const Real kinase_calcium = calcium4 + kinase4;
  const Real kinase_ip3 = ip3 + p.K_3K;
  j.ip3_ip3 = -plc / (p.kappa_delta + ip3) * (calcium2 / plc_calcium) -
              p.O_3K * (calcium4 / kinase_calcium) * p.K_3K / (kinase_ip3 * kinase_ip3) - p.Omega_5P;
  j.ip3_calcium =
      plc * Real(2) * calcium * plc_scale / (plc_calcium * plc_calcium) -
      p.O_3K * Real(4) * calcium2 * calcium * kinase4 / (kinase_calcium * kinase_calcium) * (ip3 / kinase_ip3);

  const Real by_ip3 = ip3 / (ip3 + p.d_1), by_calcium = calcium / (calcium + p.d_5);
  const Real active = by_ip3 * by_calcium * open;
  const Real excess = p.C_T - (Real(1) + p.rho_A) * calcium;
  const Real slope = p.Omega_C * Real(3) * active * active * excess;  // d(flux)/d(active)
  const Real pump_scale = p.K_P * p.K_P;
  const Real pump_calcium = calcium2 + pump_scale;
  j.calcium_ip3 = slope * by_calcium * open * p.d_1 / ((ip3 + p.d_1) * (ip3 + p.d_1));
  j.calcium_open = slope * by_ip3 * by_calcium;
  j.calcium_calcium = slope * by_ip3 * open * p.d_5 / ((calcium + p.d_5) * (calcium + p.d_5)) -
                      (Real(1) + p.rho_A) * (p.Omega_C * active * active * active + p.Omega_L) -
                      p.O_P * Real(2) * calcium * pump_scale / (pump_calcium * pump_calcium);

  const Real above = ip3 + p.d_3;
  const Real inhibition = p.d_2 * (ip3 + p.d_1) / above;
  j.open_ip3 = p.O_2 * (Real(1) - open) * p.d_2 * (p.d_3 - p.d_1) / (above * above);
  j.open_calcium = -p.O_2 * open;
  j.open_open = -p.O_2 * (inhibition + calcium);
  return j;
}

}  // namespace tripartite::calcium
