#pragma once

#include "tripartite/astrocyte/gap_junctions.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/elementary.hpp"
#include "tripartite/synapse/parameters.hpp"
#include "tripartite/synapse/release.hpp"

namespace tripartite::synapse {

/// State of a tripartite synapse (docs/models.md, part C), in the order of arrays and files.
enum StateIndex {
  utilisation,      // u       fraction of resources that the next spike uses
  resources,        // x       releasable resources
  glutamate,        // Y [uM]  in the cleft
  presynaptic,      // Γ_S     bound presynaptic receptors
  astrocytic,       // Γ_A     bound receptors of the astrocyte
  ip3,              // I [uM]
  calcium,          // C [uM]
  open,             // h       IP3 receptors that calcium does not inactivate
  gliotransmitter,  // x_A     releasable gliotransmitter
  released,         // G_A [uM] gliotransmitter outside the cell
  state_count
};

struct StateInfo {
  const char* name;
  const char* symbol;
  const char* unit;
  double initial;
  double highest;  // its domain is [0, highest]; 0: no bound but being finite
};

constexpr StateInfo state_infos[state_count] = {
    {"u", "u", "1", 0, 1},         {"x", "x", "1", 1, 1},     {"Y", "Y", "uM", 0, 0},    {"Gamma_S", "Γ_S", "1", 0, 1},
    {"Gamma_A", "Γ_A", "1", 0, 1}, {"I", "I", "uM", 0.01, 0}, {"C", "C", "uM", 0.01, 0}, {"h", "h", "1", 0.9, 1},
    {"x_A", "x_A", "1", 1, 1},     {"G_A", "G_A", "uM", 0, 0}};

/// What acts on a synapse from outside during a step.
template <class Real>
struct Input {
  Real rate;      // ν [1/s] of the presynaptic neuron; 0 where it is given by spikes
  Real bias;      // I_bias [uM] of the exogenous source of IP3
  Real soma_ip3;  // I_s [uM]
};

/// Which of the optional terms are there; the same for all synapses of a population.
struct Options {
  bool exogenous_ip3 = false;  // J_ex
  bool soma = false;           // J_soma
  astrocyte::Flux flux = astrocyte::Flux::smooth;
};

/// Part C's ten equations. `Value` is the type of the parameters: a number, or a pack of values of many synapses.
template <class Value>
struct TripartiteSynapse {
  static constexpr int states = state_count;

  Parameters<Value> p;
  Options options;

  /// Right-hand side as dy/dt = gain - loss y. Gains and losses are not negative where the state is in its domain: a
  /// method that treats the second term exactly (exponential Euler) cannot leave it.
  template <class Real>
  TRIPARTITE_HD void rates(const Real (&y)[states], const Input<Real>& in, Real (&gain)[states],
                           Real (&loss)[states]) const {
    fast_rates(y, in, gain, loss);
    slow_rates(y, in, gain, loss);
  }

  /// Of the states that release moves within milliseconds: u, x, Y, Γ_S, Γ_A, G_A. Of the others they see C alone.
  template <class Real>
  TRIPARTITE_HD void fast_rates(const Real (&y)[states], const Input<Real>& in, Real (&gain)[states],
                                Real (&loss)[states]) const {
    const Real resting = (Real(1) - y[presynaptic]) * p.U_0_star + p.alpha * y[presynaptic];  // U_0
    const auto release = release_rates(p, resting, y[utilisation], in.rate);
    gain[utilisation] = release.utilisation_gain;
    loss[utilisation] = release.utilisation_loss;
    gain[resources] = release.resources_gain;
    loss[resources] = release.resources_loss;
    gain[glutamate] = p.rho_c * p.Y_T * (release.used * y[resources] * in.rate);
    loss[glutamate] = p.Omega_c;
    gain[presynaptic] = p.O_G * y[released];
    loss[presynaptic] = p.O_G * y[released] + p.Omega_G;

    gain[astrocytic] = p.O_N * y[glutamate];
    loss[astrocytic] =
        p.O_N * y[glutamate] + p.Omega_N * (Real(1) + p.zeta * y[synapse::calcium] / (y[synapse::calcium] + p.K_KC));
    gain[released] = Real(0);
    loss[released] = Real(p.Omega_e);
  }

  /// Of the astrocyte's own states: I, C, h, x_A. Of the others they see Γ_A alone.
  template <class Real>
  TRIPARTITE_HD void slow_rates(const Real (&y)[states], const Input<Real>& in, Real (&gain)[states],
                                Real (&loss)[states]) const {
    const auto cell = tripartite::calcium::gchi_rates(p, y[ip3], y[synapse::calcium], y[open]);
    gain[ip3] = cell.ip3_gain + p.O_beta * y[astrocytic];
    loss[ip3] = cell.ip3_loss;
    if (options.exogenous_ip3)
      gain[ip3] = gain[ip3] - p.F_ex * astrocyte::ip3_flux(options.flux, y[ip3] - in.bias, p.I_Theta, p.omega_I);
    if (options.soma) {
      gain[ip3] = gain[ip3] + p.D_p * in.soma_ip3;
      loss[ip3] = loss[ip3] + p.D_p;
    }
    gain[synapse::calcium] = cell.calcium_gain;
    loss[synapse::calcium] = cell.calcium_loss;
    gain[open] = cell.open_gain;
    loss[open] = cell.open_loss;
    gain[gliotransmitter] = Real(p.Omega_A);
    loss[gliotransmitter] = Real(p.Omega_A);
  }

  /// r: what one spike would release now.
  template <class Real>
  TRIPARTITE_HD Real release_probability(const Real (&y)[states]) const {
    const Real resting = (Real(1) - y[presynaptic]) * p.U_0_star + p.alpha * y[presynaptic];
    return (y[utilisation] + resting * (Real(1) - y[utilisation])) * y[resources];
  }

  /// A presynaptic spike, in the synapses where `here` holds.
  template <class Real, class Mask>
  TRIPARTITE_HD void spike(Real (&y)[states], Mask here) const {
    const Real resting = (Real(1) - y[presynaptic]) * p.U_0_star + p.alpha * y[presynaptic];
    const Real used = y[utilisation] + resting * (Real(1) - y[utilisation]);
    const Real sent = used * y[resources];  // r
    y[utilisation] = select(here, used, y[utilisation]);
    y[resources] = select(here, y[resources] - sent, y[resources]);
    y[glutamate] = select(here, y[glutamate] + p.rho_c * p.Y_T * sent, y[glutamate]);
  }

  /// The state whose upward crossing of `threshold` is an event.
  static constexpr int watched = synapse::calcium;
  template <class Real>
  TRIPARTITE_HD Real threshold() const {
    return Real(p.C_Theta);
  }

  /// Exocytosis of gliotransmitter, where `here` holds. The calcium that caused it stays above the threshold, so that
  /// the next event needs calcium to fall to it first.
  template <class Real, class Mask>
  TRIPARTITE_HD void crossed(Real (&y)[states], Mask here) const {
    const Real sent = y[gliotransmitter] * p.U_A;
    y[released] = select(here, y[released] + p.rho_e * p.G_T * sent, y[released]);
    y[gliotransmitter] = select(here, y[gliotransmitter] - sent, y[gliotransmitter]);
  }
};

}  // namespace tripartite::synapse
