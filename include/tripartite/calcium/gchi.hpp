#pragma once

#include "tripartite/elementary.hpp"
#include "tripartite/model/model.hpp"
#include "tripartite/model/parameters.hpp"

/// Parameters of G-ChI calcium, once (docs/models.md, part C). The names are those of the published model.
#define TRIPARTITE_GCHI_PARAMETERS(X)                                                                \
  X(O_delta, "O_δ", 0.6, "uM/s", 0, "IP3 production by PLC delta")                                   \
  X(kappa_delta, "κ_δ", 1.5, "uM", positive, "IP3 that halves production by PLC delta")              \
  X(K_delta, "K_δ", 0.1, "uM", positive, "calcium that half activates PLC delta")                    \
  X(Omega_5P, "Ω_5P", 0.05, "1/s", 0, "IP3 degradation by the 5-phosphatase")                        \
  X(O_3K, "O_3K", 4.5, "uM/s", 0, "IP3 degradation by the 3-kinase")                                 \
  X(K_D, "K_D", 0.7, "uM", positive, "calcium that half activates the 3-kinase")                     \
  X(K_3K, "K_3K", 1.0, "uM", positive, "IP3 that half saturates the 3-kinase")                       \
  X(O_P, "O_P", 0.9, "uM/s", 0, "calcium uptake by the SERCA pump")                                  \
  X(K_P, "K_P", 0.05, "uM", positive, "calcium that half saturates the SERCA pump")                  \
  X(C_T, "C_T", 2.0, "uM", positive, "free calcium of the cell by volume of its cytosol")            \
  X(rho_A, "ρ_A", 0.18, "", positive, "volume of the endoplasmic reticulum over the cytosol")        \
  X(Omega_C, "Ω_C", 6.0, "1/s", 0, "calcium release where all IP3 receptors are open")               \
  X(Omega_L, "Ω_L", 0.1, "1/s", 0, "calcium leak")                                                   \
  X(d_1, "d_1", 0.13, "uM", positive, "dissociation constant of IP3 from the IP3 receptor")          \
  X(d_2, "d_2", 1.05, "uM", positive, "dissociation constant of inactivating calcium")               \
  X(d_3, "d_3", 0.9434, "uM", positive, "dissociation constant of IP3 from an inactivated receptor") \
  X(d_5, "d_5", 0.08, "uM", positive, "dissociation constant of activating calcium")                 \
  X(O_2, "O_2", 0.2, "1/(uM s)", 0, "binding rate of inactivating calcium")

namespace tripartite {

/// IP3, calcium and the fraction h of IP3 receptors that calcium does not inactivate (De Pittà et al. 2009;
/// docs/models.md, part C). Concentrations [uM], time [s].
template <class Value>
struct Gchi {
  TRIPARTITE_PARAMETERS(TRIPARTITE_GCHI_PARAMETERS)

  static constexpr const char* name = "gchi";
  static constexpr const char* title = "G-ChI calcium (De Pitta et al. 2009)";
  struct State {
    enum { ip3, calcium, open, count };
  };
  static constexpr StateInfo state_infos[] = {
      {"I", "I", "uM", 0.01, 0, "IP3", Clock::slow},
      {"C", "C", "uM", 0.01, 0, "calcium", Clock::slow},
      {"h", "h", "1", 0.9, 1, "IP3 receptors that calcium does not inactivate", Clock::slow}};
  struct Input {
    enum { ip3_production, count };
  };
  static constexpr PortInfo input_infos[] = {
      {"ip3_production", "P", "uM/s", "production of IP3 from outside", Clock::slow}};
  /// A bound on the rates near the default parameters [1/s]: open receptors and the pump at K_P.
  static constexpr double fastest_rate = 17;

  /// dy/dt = gain - loss y with gain, loss >= 0.
  template <class Real>
  TRIPARTITE_HD void rates(const Real (&y)[3], const Real (&in)[1], Real (&gain)[3], Real (&loss)[3]) const {
    const Real ip3 = y[State::ip3], calcium = y[State::calcium], open = y[State::open];
    const Real calcium2 = calcium * calcium;
    const Real calcium4 = calcium2 * calcium2;
    const Real kinase2 = K_D * K_D;
    // PLC delta makes IP3; the 3-kinase and the 5-phosphatase break it down. Factors of a product share a division.
    gain[State::ip3] = O_delta * kappa_delta * calcium2 / ((kappa_delta + ip3) * (calcium2 + K_delta * K_delta)) +
                       in[Input::ip3_production];
    loss[State::ip3] = O_3K * calcium4 / ((calcium4 + kinase2 * kinase2) * (ip3 + K_3K)) + Omega_5P;
    const Real active = ip3 * calcium * open / ((ip3 + d_1) * (calcium + d_5));  // m h, one subunit
    const Real flow = Omega_C * (active * active * active) + Omega_L;
    const Real pump = O_P * calcium / (calcium2 + K_P * K_P);
    gain[State::calcium] = flow * C_T;
    loss[State::calcium] = flow * (Real(1) + rho_A) + pump;
    const Real inhibition = d_2 * (ip3 + d_1) / (ip3 + d_3);  // Q_2
    gain[State::open] = O_2 * inhibition;
    loss[State::open] = O_2 * (inhibition + calcium);
  }

  /// The same as slopes, with fewer products.
  template <class Real>
  TRIPARTITE_HD void slopes(const Real (&y)[3], const Real (&in)[1], Real (&slope)[3]) const {
    const Real ip3 = y[State::ip3], calcium = y[State::calcium], open = y[State::open];
    const Real active = ip3 * calcium * open / ((ip3 + d_1) * (calcium + d_5));
    const Real flow = Omega_C * (active * active * active) + Omega_L;
    const Real calcium2 = calcium * calcium, calcium4 = calcium2 * calcium2;
    slope[State::calcium] = flow * (C_T - (Real(1) + rho_A) * calcium) - O_P * calcium2 / (calcium2 + K_P * K_P);
    const Real bound = Real(O_2 * d_2) * (ip3 + d_1) / (ip3 + d_3);
    slope[State::open] = bound - (bound + O_2 * calcium) * open;
    const Real made = Real(O_delta * kappa_delta) * calcium2 / ((kappa_delta + ip3) * (calcium2 + K_delta * K_delta));
    const Real broken = O_3K * calcium4 * ip3 / ((calcium4 + Real(K_D * K_D * (K_D * K_D))) * (ip3 + K_3K));
    slope[State::ip3] = made + in[Input::ip3_production] - broken - Omega_5P * ip3;
  }

  /// jacobian[i][j] = d(dy_i/dt)/dy_j where `depends(i, j)`; the other entries are not set.
  static constexpr bool depends(int i, int j) { return i == j || i != State::ip3 || j != State::open; }
  template <class Real>
  TRIPARTITE_HD void jacobian(const Real (&y)[3], const Real (&)[1], Real (&j)[3][3]) const {
    const Real ip3 = y[State::ip3], calcium = y[State::calcium], open = y[State::open];
    const Real calcium2 = calcium * calcium;
    const Real calcium4 = calcium2 * calcium2;

    const Real plc = O_delta * kappa_delta / (kappa_delta + ip3);
    const Real plc_scale = K_delta * K_delta;
    const Real plc_calcium = calcium2 + plc_scale;
    const Real kinase4 = K_D * K_D * K_D * K_D;
    const Real kinase_calcium = calcium4 + kinase4;
    const Real kinase_ip3 = ip3 + K_3K;
    j[0][0] = -plc / (kappa_delta + ip3) * (calcium2 / plc_calcium) -
              O_3K * (calcium4 / kinase_calcium) * K_3K / (kinase_ip3 * kinase_ip3) - Omega_5P;
    j[0][1] = plc * Real(2) * calcium * plc_scale / (plc_calcium * plc_calcium) -
              O_3K * Real(4) * calcium2 * calcium * kinase4 / (kinase_calcium * kinase_calcium) * (ip3 / kinase_ip3);

    const Real by_ip3 = ip3 / (ip3 + d_1), by_calcium = calcium / (calcium + d_5);
    const Real active = by_ip3 * by_calcium * open;
    const Real excess = C_T - (Real(1) + rho_A) * calcium;
    const Real slope = Omega_C * Real(3) * active * active * excess;  // d(flux)/d(active)
    const Real pump_scale = K_P * K_P;
    const Real pump_calcium = calcium2 + pump_scale;
    j[1][0] = slope * by_calcium * open * d_1 / ((ip3 + d_1) * (ip3 + d_1));
    j[1][1] = slope * by_ip3 * open * d_5 / ((calcium + d_5) * (calcium + d_5)) -
              (Real(1) + rho_A) * (Omega_C * active * active * active + Omega_L) -
              O_P * Real(2) * calcium * pump_scale / (pump_calcium * pump_calcium);
    j[1][2] = slope * by_ip3 * by_calcium;

    const Real above = ip3 + d_3;
    const Real inhibition = d_2 * (ip3 + d_1) / above;
    j[2][0] = O_2 * (Real(1) - open) * d_2 * (d_3 - d_1) / (above * above);
    j[2][1] = -O_2 * open;
    j[2][2] = -O_2 * (inhibition + calcium);
  }
};

TRIPARTITE_CALCIUM_MODEL(Gchi)

}  // namespace tripartite
