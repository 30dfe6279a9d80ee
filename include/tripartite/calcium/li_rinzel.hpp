#pragma once

#include <cmath>

#include "tripartite/elementary.hpp"
#include "tripartite/parameter_info.hpp"

/// Parameters of the Li-Rinzel astrocyte (docs/models.md, part C), once: X(name, symbol, default, unit, least,
/// meaning).
#define TRIPARTITE_LI_RINZEL_PARAMETERS(X)                                                 \
  X(C_T, "C_T", 2.0, "uM", positive, "free calcium of the cell by volume of its cytosol")  \
  X(I_0, "I_0", 0.16, "uM", 0, "IP3 at rest")                                              \
  X(K_1, "K_1", 0.13, "uM", positive, "IP3 binding of the receptor")                       \
  X(K_2, "K_2", 0.9434, "uM", positive, "its IP3 unbinding")                               \
  X(K_act, "K_act", 0.08234, "uM", positive, "its activation by calcium")                  \
  X(K_inh, "K_inh", 1.049, "uM", positive, "its inactivation by calcium")                  \
  X(K, "K", 0.1, "uM", positive, "calcium that half saturates the SERCA pump")             \
  X(k, "k", 0.2, "1/(uM s)", 0, "binding rate of inactivating calcium")                    \
  X(r_C, "r_C", 6.0, "1/s", 0, "calcium release where all IP3 receptors are open")         \
  X(r_L, "r_L", 0.11, "1/s", 0, "calcium leak")                                            \
  X(v, "v", 0.9, "uM/s", 0, "calcium uptake by the SERCA pump")                            \
  X(rho, "ρ", 0.185, "", positive, "volume of the endoplasmic reticulum over the cytosol") \
  X(tau_I, "τ_I", 7.142, "s", positive, "decay of IP3")                                    \
  X(Delta_I, "Δ_I", 2e-4, "uM", 0, "IP3 that an input of weight 1 makes")                  \
  X(C_Theta, "C_Θ", 0.19669, "uM", positive,                                               \
    "calcium above which there is slow inward current; crossing it upwards is an event")

namespace tripartite::calcium {

using tripartite::positive;

template <class Value>
struct LiRinzelParameters {
#define TRIPARTITE_MEMBER(name, symbol, standard, unit, least, meaning) Value name;
  TRIPARTITE_LI_RINZEL_PARAMETERS(TRIPARTITE_MEMBER)
#undef TRIPARTITE_MEMBER
};

/// Places of the parameters in arrays, in the order of the list.
enum LiRinzelIndex {
#define TRIPARTITE_INDEX(name, symbol, standard, unit, least, meaning) li_rinzel_##name,
  TRIPARTITE_LI_RINZEL_PARAMETERS(TRIPARTITE_INDEX)
#undef TRIPARTITE_INDEX
      li_rinzel_parameter_count
};

template <class Value>
using LiRinzelMember = Value LiRinzelParameters<Value>::*;

template <class Value>
static constexpr LiRinzelMember<Value> li_rinzel_members[] = {
#define TRIPARTITE_POINTER(name, symbol, standard, unit, least, meaning) &LiRinzelParameters<Value>::name,
    TRIPARTITE_LI_RINZEL_PARAMETERS(TRIPARTITE_POINTER)
#undef TRIPARTITE_POINTER
};

constexpr ParameterInfo li_rinzel_infos[] = {
#define TRIPARTITE_INFO(name, symbol, standard, unit, least, meaning) \
  {#name, symbol, standard, unit, (least) != 0, meaning},
    TRIPARTITE_LI_RINZEL_PARAMETERS(TRIPARTITE_INFO)
#undef TRIPARTITE_INFO
};

inline LiRinzelParameters<double> standard_li_rinzel() {
  LiRinzelParameters<double> parameters{};
  for (int i = 0; i < li_rinzel_parameter_count; ++i)
    parameters.*li_rinzel_members<double>[i] = li_rinzel_infos[i].standard;
  return parameters;
}

/// IP3, calcium and h of one astrocyte in the form of Li & Rinzel 1994 and Nadkarni & Jung 2003, as the standard NEST
/// astrocyte has it.
template <class Value>
struct LiRinzel {
  enum State { ip3, calcium, open };
  static constexpr int states = 3;
  struct NoInput {};

  LiRinzelParameters<Value> p;

  template <class Real, class Input>
  TRIPARTITE_HD void rates(const Real (&y)[states], const Input&, Real (&gain)[states], Real (&loss)[states]) const {
    gain[ip3] = Real(p.I_0 / p.tau_I);
    loss[ip3] = Real(Value(1) / p.tau_I);
    const Real limited = within(y[calcium]);
    const Real active = y[ip3] / (y[ip3] + p.K_1) * (limited / (limited + p.K_act)) * y[open];
    const Real flow = p.r_C * (active * active * active) + p.r_L;
    loss[calcium] = flow * (Real(1) + p.rho) + p.v * limited / (limited * limited + p.K * p.K);
    gain[calcium] = flow * p.C_T + loss[calcium] * (y[calcium] - limited);
    const Real inhibition = p.K_inh * (y[ip3] + p.K_1) / (y[ip3] + p.K_2);
    gain[open] = p.k * inhibition;
    loss[open] = p.k * (inhibition + limited);
  }

  /// An input, where `here` holds.
  template <class Real, class Mask>
  TRIPARTITE_HD void spike(Real (&y)[states], Mask here, Real weight) const {
    y[ip3] = select(here, y[ip3] + p.Delta_I * weight, y[ip3]);
  }

  static constexpr int watched = calcium;
  template <class Real>
  TRIPARTITE_HD Real threshold() const {
    return Real(p.C_Theta);
  }
  template <class Real, class Mask>
  TRIPARTITE_HD void crossed(Real (&)[states], Mask) const {}

  template <class Real>
  TRIPARTITE_HD Real within(Real concentration) const {
    const Real not_negative = select(concentration > Real(0), concentration, Real(0));
    return select(not_negative < Real(p.C_T), not_negative, Real(p.C_T));
  }
};

/// The Jacobian of LiRinzel inside the domain of its clamp: IP3 by itself, then calcium and h, which depend on each
/// other and on IP3.
template <class Real>
struct LiRinzelLinearised {
  Real ip3_own;
  Real calcium_ip3, calcium_own, calcium_open;
  Real open_ip3, open_calcium, open_own;
  Real shift, determinant;

  TRIPARTITE_HD void apply(const Real (&v)[3], Real (&product)[3]) const {
    product[0] = ip3_own * v[0];
    product[1] = calcium_ip3 * v[0] + calcium_own * v[1] + calcium_open * v[2];
    product[2] = open_ip3 * v[0] + open_calcium * v[1] + open_own * v[2];
  }
  TRIPARTITE_HD void factorise(Real s) {
    shift = s;
    determinant = (s - calcium_own) * (s - open_own) - calcium_open * open_calcium;
  }
  TRIPARTITE_HD void solve(Real (&b)[3]) const {
    b[0] = b[0] / (shift - ip3_own);
    const Real calcium = b[1] + calcium_ip3 * b[0], open = b[2] + open_ip3 * b[0];
    b[1] = ((shift - open_own) * calcium + calcium_open * open) / determinant;
    b[2] = (open_calcium * calcium + (shift - calcium_own) * open) / determinant;
  }
};

template <class Real, class Value, class Input>
TRIPARTITE_HD LiRinzelLinearised<Real> linearise(const LiRinzel<Value>& model, const Real (&y)[3], const Input&) {
  const auto& p = model.p;
  const Real ip3 = y[0], open = y[2], calcium = model.within(y[1]);
  const Real by_ip3 = ip3 / (ip3 + p.K_1), by_calcium = calcium / (calcium + p.K_act);
  const Real active = by_ip3 * by_calcium * open;
  const Real slope = p.r_C * Real(3) * active * active * (p.C_T - (Real(1) + p.rho) * calcium);
  const Real pump = calcium * calcium + p.K * p.K;
  const Real above = ip3 + p.K_2;
  LiRinzelLinearised<Real> j{};
  j.ip3_own = Real(-1) / p.tau_I;
  j.calcium_ip3 = slope * by_calcium * open * p.K_1 / ((ip3 + p.K_1) * (ip3 + p.K_1));
  j.calcium_own = slope * by_ip3 * open * p.K_act / ((calcium + p.K_act) * (calcium + p.K_act)) -
                  (Real(1) + p.rho) * (p.r_C * active * active * active + p.r_L) -
                  p.v * Real(2) * calcium * (p.K * p.K) / (pump * pump);
  j.calcium_open = slope * by_ip3 * by_calcium;
  j.open_ip3 = p.k * p.K_inh * (p.K_2 - p.K_1) / (above * above) * (Real(1) - open);
  j.open_calcium = -p.k * open;
  j.open_own = -p.k * (p.K_inh * (ip3 + p.K_1) / above + calcium);
  return j;
}

/// Slow inward current (Nadkarni & Jung 2003) of `calcium` [uM] above `threshold` [uM]: scale ln y, y = the excess in
/// nM, where y > 1; else 0.
inline double slow_inward_current(double calcium, double threshold, double scale) {
  const double excess = (calcium - threshold) * 1e3;
  return excess > 1 ? scale * std::log(excess) : 0;
}

}  // namespace tripartite::calcium
