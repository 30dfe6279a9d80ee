#pragma once

#include "tripartite/elementary.hpp"
#include "tripartite/model/model.hpp"
#include "tripartite/model/parameters.hpp"

/// Parameters of the Li-Rinzel astrocyte, once (docs/models.md, part C).
#define TRIPARTITE_LI_RINZEL_PARAMETERS(X)                                                           \
  X(C_T, "C_T", 2.0, "uM", positive, "free calcium of the cell by volume of its cytosol")            \
  X(I_0, "I_0", 0.16, "uM", 0, "IP3 at rest")                                                        \
  X(K_1, "K_1", 0.13, "uM", positive, "dissociation constant of IP3 from the IP3 receptor")          \
  X(K_2, "K_2", 0.9434, "uM", positive, "dissociation constant of IP3 from an inactivated receptor") \
  X(K_act, "K_act", 0.08234, "uM", positive, "dissociation constant of activating calcium")          \
  X(K_inh, "K_inh", 1.049, "uM", positive, "dissociation constant of inactivating calcium")          \
  X(K, "K", 0.1, "uM", positive, "calcium that half saturates the SERCA pump")                       \
  X(k, "k", 0.2, "1/(uM s)", 0, "binding rate of inactivating calcium")                              \
  X(r_C, "r_C", 6.0, "1/s", 0, "calcium release where all IP3 receptors are open")                   \
  X(r_L, "r_L", 0.11, "1/s", 0, "calcium leak")                                                      \
  X(v, "v", 0.9, "uM/s", 0, "calcium uptake by the SERCA pump")                                      \
  X(rho, "ρ", 0.185, "", positive, "volume of the endoplasmic reticulum over the cytosol")           \
  X(tau_I, "τ_I", 7.142, "s", positive, "decay of IP3")

namespace tripartite {

/// IP3, calcium and h of one astrocyte in the form of Li & Rinzel 1994 and Nadkarni & Jung 2003, as the standard NEST
/// astrocyte has it.
template <class Value>
struct LiRinzel {
  TRIPARTITE_PARAMETERS(TRIPARTITE_LI_RINZEL_PARAMETERS)

  static constexpr const char* name = "li_rinzel";
  static constexpr const char* title = "Li-Rinzel calcium (Li & Rinzel 1994, Nadkarni & Jung 2003)";
  struct State {
    enum { ip3, calcium, open, count };
  };
  static constexpr StateInfo state_infos[] = {
      {"I", "I", "uM", 0.16, 0, "IP3", Clock::slow},
      {"C", "C", "uM", 0.073, 0, "calcium", Clock::slow},
      {"h", "h", "1", 0.793, 1, "IP3 receptors that calcium does not inactivate", Clock::slow}};
  struct Input {
    enum { ip3_production, count };
  };
  static constexpr PortInfo input_infos[] = {
      {"ip3_production", "P", "uM/s", "production of IP3 from outside", Clock::slow}};
  static constexpr double fastest_rate = 12;  // [1/s] as in Gchi

  template <class Real>
  TRIPARTITE_HD void rates(const Real (&y)[3], const Real (&in)[1], Real (&gain)[3], Real (&loss)[3]) const {
    const Real ip3 = y[State::ip3], calcium = y[State::calcium];
    gain[State::ip3] = Real(I_0 / tau_I) + in[Input::ip3_production];
    loss[State::ip3] = Real(1) / Real(tau_I);
    const Real limited = within(calcium);
    const Real active = ip3 * limited * y[State::open] / ((ip3 + K_1) * (limited + K_act));  // one division for two
    const Real flow = r_C * (active * active * active) + r_L;
    loss[State::calcium] = flow * (Real(1) + rho) + v * limited / (limited * limited + K * K);
    gain[State::calcium] = flow * C_T + loss[State::calcium] * (calcium - limited);
    const Real inhibition = K_inh * (ip3 + K_1) / (ip3 + K_2);
    gain[State::open] = k * inhibition;
    loss[State::open] = k * (inhibition + limited);
  }

  /// The same as slopes, with fewer products.
  template <class Real>
  TRIPARTITE_HD void slopes(const Real (&y)[3], const Real (&in)[1], Real (&slope)[3]) const {
    const Real ip3 = y[State::ip3], open = y[State::open], calcium = within(y[State::calcium]);
    const Real active = ip3 * calcium * open / ((ip3 + K_1) * (calcium + K_act));
    const Real flow = r_C * (active * active * active) + r_L;
    const Real calcium2 = calcium * calcium;
    slope[State::calcium] = flow * (C_T - (Real(1) + rho) * calcium) - v * calcium2 / (calcium2 + K * K);
    const Real bound = Real(k * K_inh) * (ip3 + K_1) / (ip3 + K_2);
    slope[State::open] = bound - (bound + k * calcium) * open;
    slope[State::ip3] = Real(I_0 / tau_I) + in[Input::ip3_production] - ip3 * (Real(1) / Real(tau_I));
  }

  static constexpr bool depends(int i, int j) { return i != State::ip3 || j == State::ip3; }
  /// Inside the domain of the clamp of calcium.
  template <class Real>
  TRIPARTITE_HD void jacobian(const Real (&y)[3], const Real (&)[1], Real (&j)[3][3]) const {
    const Real ip3 = y[State::ip3], open = y[State::open], calcium = within(y[State::calcium]);
    const Real by_ip3 = ip3 / (ip3 + K_1), by_calcium = calcium / (calcium + K_act);
    const Real active = by_ip3 * by_calcium * open;
    const Real slope = r_C * Real(3) * active * active * (C_T - (Real(1) + rho) * calcium);
    const Real pump = calcium * calcium + K * K;
    const Real above = ip3 + K_2;
    j[0][0] = Real(-1) / tau_I;
    j[1][0] = slope * by_calcium * open * K_1 / ((ip3 + K_1) * (ip3 + K_1));
    j[1][1] = slope * by_ip3 * open * K_act / ((calcium + K_act) * (calcium + K_act)) -
              (Real(1) + rho) * (r_C * active * active * active + r_L) -
              v * Real(2) * calcium * (K * K) / (pump * pump);
    j[1][2] = slope * by_ip3 * by_calcium;
    j[2][0] = k * K_inh * (K_2 - K_1) / (above * above) * (Real(1) - open);
    j[2][1] = -k * open;
    j[2][2] = -k * (K_inh * (ip3 + K_1) / above + calcium);
  }

  /// Calcium clamped to [0, C_T], as the rates see it.
  template <class Real>
  TRIPARTITE_HD Real within(Real calcium) const {
    return smaller(larger(calcium, Real(0)), Real(C_T));
  }
};

TRIPARTITE_CALCIUM_MODEL(LiRinzel)

}  // namespace tripartite
