#pragma once

#include "tripartite/astrocyte/gap_junctions.hpp"
#include "tripartite/elementary.hpp"
#include "tripartite/model/model.hpp"
#include "tripartite/model/parameters.hpp"
#include "tripartite/model/slopes.hpp"
#include "tripartite/synapse/release.hpp"

/// Parameters of a tripartite synapse beside those of its calcium, once (docs/models.md, part C). The names are those
/// of the published model: what its papers print as Ω_f is `Omega_f`. No value is negative.
#define TRIPARTITE_SYNAPSE_PARAMETERS(X)                                                                             \
  X(U_0_star, "U_0*", 0.6, "", 0, "resting release probability of the synapse")                                      \
  X(Omega_f, "Ω_f", 3.33, "1/s", positive, "decay of facilitation")                                                  \
  X(Omega_d, "Ω_d", 2.0, "1/s", positive, "recovery of the releasable resources")                                    \
  X(rho_c, "ρ_c", 0.005, "", 0, "volume of a vesicle over that of the cleft")                                        \
  X(Y_T, "Y_T", 5e5, "uM", 0, "glutamate in the releasable vesicles")                                                \
  X(Omega_c, "Ω_c", 40.0, "1/s", positive, "clearance of glutamate from the cleft")                                  \
  X(O_G, "O_G", 1.5, "1/(uM s)", 0, "binding of gliotransmitter to presynaptic receptors")                           \
  X(Omega_G, "Ω_G", 0.5 / 60, "1/s", 0, "unbinding of gliotransmitter from presynaptic receptors")                   \
  X(alpha, "α", 0.0, "", 0, "release probability where all receptors are bound: 0 depresses, 1 potentiates release") \
  X(O_N, "O_N", 0.3, "1/(uM s)", 0, "binding of glutamate to the astrocyte's receptors")                             \
  X(Omega_N, "Ω_N", 0.5, "1/s", 0, "unbinding of glutamate from the astrocyte's receptors")                          \
  X(K_KC, "K_KC", 0.5, "uM", positive, "calcium that half activates protein kinase C")                               \
  X(zeta, "ζ", 10.0, "", 0, "factor by which protein kinase C speeds up the unbinding of glutamate")                 \
  X(O_beta, "O_β", 0.5, "uM/s", 0, "IP3 production by PLC beta")                                                     \
  X(F_ex, "F_ex", 0.09, "uM/s", 0, "largest exchange of IP3 with the exogenous source")                              \
  X(I_Theta, "I_Θ", 0.3, "uM", 0, "difference of IP3 at which exchange sets in")                                     \
  X(omega_I, "ω_I", 0.05, "uM", positive, "width of the threshold of IP3 exchange; smaller is steeper")              \
  X(D_p, "D_p", 0.5, "1/s", 0, "exchange of IP3 between process and soma")                                           \
  X(C_Theta, "C_Θ", 0.5, "uM", positive, "calcium that releases gliotransmitter when it is crossed upwards")         \
  X(Omega_A, "Ω_A", 0.6, "1/s", 0, "recovery of the releasable gliotransmitter")                                     \
  X(U_A, "U_A", 0.6, "", 0, "fraction of the releasable gliotransmitter that one event releases")                    \
  X(G_T, "G_T", 2e5, "uM", 0, "gliotransmitter in the releasable vesicles")                                          \
  X(rho_e, "ρ_e", 6.5e-4, "", 0, "volume of a vesicle over that of the extracellular space")                         \
  X(Omega_e, "Ω_e", 60.0, "1/s", positive, "clearance of gliotransmitter from the extracellular space")

namespace tripartite {

/// A synapse wrapped by an astrocyte process: release of glutamate, IP3 and calcium of the process by any calcium
/// model, gliotransmission (De Pittà et al. 2011, Stimberg et al. 2019; docs/models.md, part C). With G-ChI it has ten
/// states.
template <class Value, template <class> class Calcium>
struct TripartiteSynapse {
  TRIPARTITE_PARAMETERS(TRIPARTITE_SYNAPSE_PARAMETERS)
  using Cell = Calcium<Value>;
  Cell cell;
  int option[3];

  static constexpr const char* name = "tripartite_synapse";
  static constexpr const char* title = "tripartite synapse (De Pitta et al. 2011)";

  static constexpr int cell_states = Cell::State::count;
  /// In the order of arrays and files.
  struct State {
    enum {
      utilisation,                                    // u       fraction of the resources that the next spike uses
      resources,                                      // x       releasable resources
      glutamate,                                      // Y [uM]  in the cleft
      presynaptic,                                    // Γ_S     bound presynaptic receptors
      astrocytic,                                     // Γ_A     bound receptors of the astrocyte
      first_of_cell,                                  //         I, C, h with G-ChI
      gliotransmitter = first_of_cell + cell_states,  // x_A  releasable gliotransmitter
      released,                                       // G_A [uM] gliotransmitter outside the cell
      count,
      ip3 = first_of_cell + Cell::State::ip3,
      calcium = first_of_cell + Cell::State::calcium
    };
  };
  static constexpr int states = State::count, first_cell_state = State::first_of_cell;
  struct StateList {
    StateInfo info[states];
    constexpr const StateInfo& operator[](int i) const { return info[i]; }
  };
  static constexpr StateList listed_states() {
    // Clang does not know the bound of the list before something asks for its size.
    static_assert(sizeof(Cell::state_infos) == cell_states * sizeof(StateInfo));
    StateList all{{{"u", "u", "1", 0, 1, "fraction of the resources that the next spike uses"},
                   {"x", "x", "1", 1, 1, "releasable resources"},
                   {"Y", "Y", "uM", 0, 0, "glutamate in the cleft"},
                   {"Gamma_S", "Γ_S", "1", 0, 1, "bound presynaptic receptors"},
                   {"Gamma_A", "Γ_A", "1", 0, 1, "bound receptors of the astrocyte"}}};
    for (int i = 0; i < cell_states; ++i) all.info[State::first_of_cell + i] = Cell::state_infos[i];
    all.info[State::gliotransmitter] = {"x_A", "x_A", "1", 1, 1, "releasable gliotransmitter", Clock::slow};
    all.info[State::released] = {"G_A", "G_A", "uM", 0, 0, "gliotransmitter outside the cell"};
    return all;
  }
  static constexpr StateList state_infos = listed_states();

  struct Input {
    enum { rate, bias, soma_ip3, count };
  };
  static constexpr PortInfo input_infos[] = {
      {"rate", "ν", "1/s", "firing rate of the presynaptic neuron; 0 where it is given by spikes", Clock::fast, true},
      {"bias", "I_bias", "uM", "IP3 of the exogenous source", Clock::slow},
      {"soma_ip3", "I_s", "uM", "IP3 of the soma", Clock::slow}};
  struct Output {
    enum { flow, count };
  };
  static constexpr PortInfo output_infos[] = {{"flow", "r ν", "1/s", "resources released per time"}};
  struct Option {
    enum { exogenous_ip3, soma, flux, count };
  };
  static constexpr OptionInfo option_infos[] = {
      {"exogenous_ip3", "false true", "whether there is an exogenous source of IP3 (F_ex, drive.biases)"},
      {"soma", "false true", "whether the process exchanges IP3 with a soma"},
      {"flux", "smooth published", "form of the threshold of IP3 exchange; published jumps at 0"}};

  /// Right-hand side as dy/dt = gain - loss y. Gains and losses are not negative where the state is in its domain: a
  /// method that treats the second term exactly (exponential Euler) cannot leave it.
  template <class Real>
  TRIPARTITE_HD void rates(const Real (&y)[states], const Real (&in)[3], Real (&gain)[states],
                           Real (&loss)[states]) const {
    fast_rates(y, in, gain, loss);
    slow_rates(y, in, gain, loss);
  }

  /// Of the states that release moves within milliseconds. Of the others they see calcium alone.
  template <class Real>
  TRIPARTITE_HD void fast_rates(const Real (&y)[states], const Real (&in)[3], Real (&gain)[states],
                                Real (&loss)[states]) const {
    const Real resting = resting_probability(y);
    const auto release = release_rates(*this, resting, y[State::utilisation], in[Input::rate]);
    gain[State::utilisation] = release.utilisation_gain;
    loss[State::utilisation] = release.utilisation_loss;
    gain[State::resources] = release.resources_gain;
    loss[State::resources] = release.resources_loss;
    gain[State::glutamate] = rho_c * Y_T * (release.used * y[State::resources] * in[Input::rate]);
    loss[State::glutamate] = Omega_c;
    gain[State::presynaptic] = O_G * y[State::released];
    loss[State::presynaptic] = O_G * y[State::released] + Omega_G;

    const Real calcium = y[State::calcium];
    gain[State::astrocytic] = O_N * y[State::glutamate];
    loss[State::astrocytic] = O_N * y[State::glutamate] + Omega_N * (Real(1) + zeta * calcium / (calcium + K_KC));
    gain[State::released] = Real(0);
    loss[State::released] = Real(Omega_e);
  }

  /// Of the astrocyte's own states: the calcium model's, and x_A. Of the others they see Γ_A alone.
  template <class Real>
  TRIPARTITE_HD void slow_rates(const Real (&y)[states], const Real (&in)[3], Real (&gain)[states],
                                Real (&loss)[states]) const {
    Real own[cell_states], own_gain[cell_states], own_loss[cell_states];
    for (int i = 0; i < cell_states; ++i) own[i] = y[State::first_of_cell + i];
    const Real produced[1] = {O_beta * y[State::astrocytic]};
    cell.rates(own, produced, own_gain, own_loss);
    for (int i = 0; i < cell_states; ++i) {
      gain[State::first_of_cell + i] = own_gain[i];
      loss[State::first_of_cell + i] = own_loss[i];
    }
    if (option[Option::exogenous_ip3] != 0)
      gain[State::ip3] = gain[State::ip3] -
                         F_ex * ip3_flux(Flux(option[Option::flux]), y[State::ip3] - in[Input::bias], I_Theta, omega_I);
    if (option[Option::soma] != 0) {
      gain[State::ip3] = gain[State::ip3] + D_p * in[Input::soma_ip3];
      loss[State::ip3] = loss[State::ip3] + D_p;
    }
    gain[State::gliotransmitter] = Real(Omega_A);
    loss[State::gliotransmitter] = Real(Omega_A);
  }

  /// The rates as slopes, with fewer products.
  template <class Real>
  TRIPARTITE_HD void slopes(const Real (&y)[states], const Real (&in)[3], Real (&slope)[states]) const {
    Real own[cell_states], own_slope[cell_states];
    for (int i = 0; i < cell_states; ++i) own[i] = y[State::first_of_cell + i];
    const Real produced[1] = {O_beta * y[State::astrocytic]};
    slopes_of(cell, own, produced, own_slope);
    for (int i = 0; i < cell_states; ++i) slope[State::first_of_cell + i] = own_slope[i];
    if (option[Option::exogenous_ip3] != 0)
      slope[State::ip3] = slope[State::ip3] - F_ex * ip3_flux(Flux(option[Option::flux]),
                                                              y[State::ip3] - in[Input::bias], I_Theta, omega_I);
    if (option[Option::soma] != 0) slope[State::ip3] = slope[State::ip3] + D_p * (in[Input::soma_ip3] - y[State::ip3]);

    const Real rate = in[Input::rate];
    const Real resting = U_0_star + Real(alpha - U_0_star) * y[State::presynaptic];
    const Real used = y[State::utilisation] + resting * (Real(1) - y[State::utilisation]);
    const Real flow = used * y[State::resources] * rate;
    const Real facilitated = resting * rate;
    slope[State::utilisation] = facilitated - (facilitated + Omega_f) * y[State::utilisation];
    slope[State::resources] = Omega_d * (Real(1) - y[State::resources]) - flow;
    slope[State::glutamate] = Real(rho_c * Y_T) * flow - Omega_c * y[State::glutamate];
    const Real inhibited = O_G * y[State::released];
    slope[State::presynaptic] = inhibited - (inhibited + Omega_G) * y[State::presynaptic];
    const Real calcium = y[State::calcium];
    const Real activated = O_N * y[State::glutamate];
    slope[State::astrocytic] =
        activated - (activated + (Omega_N + Real(Omega_N * zeta) * calcium / (calcium + K_KC))) * y[State::astrocytic];
    slope[State::gliotransmitter] = Omega_A * (Real(1) - y[State::gliotransmitter]);
    slope[State::released] = -(Omega_e * y[State::released]);
  }

  /// The fast state whose mean over a slow step the slow states see.
  static constexpr int averaged = State::astrocytic;

  /// U_0: release probability of the synapse after a long silence, as gliotransmitter has it.
  template <class Real>
  TRIPARTITE_HD Real resting_probability(const Real (&y)[states]) const {
    return (Real(1) - y[State::presynaptic]) * U_0_star + alpha * y[State::presynaptic];
  }

  /// r: what one spike would release now.
  template <class Real>
  TRIPARTITE_HD Real release_probability(const Real (&y)[states]) const {
    const Real resting = resting_probability(y);
    return (y[State::utilisation] + resting * (Real(1) - y[State::utilisation])) * y[State::resources];
  }

  template <class Real>
  TRIPARTITE_HD void outputs(const Real (&y)[states], const Real (&in)[3], Real (&out)[1]) const {
    out[Output::flow] = release_probability(y) * in[Input::rate];
  }

  /// A presynaptic spike, in the synapses where `here` holds.
  template <class Real, class Mask>
  TRIPARTITE_HD void spike(Real (&y)[states], Mask here, Real) const {
    const Real resting = resting_probability(y);
    const Real used = y[State::utilisation] + resting * (Real(1) - y[State::utilisation]);
    const Real sent = used * y[State::resources];  // r
    y[State::utilisation] = select(here, used, y[State::utilisation]);
    y[State::resources] = select(here, y[State::resources] - sent, y[State::resources]);
    y[State::glutamate] = select(here, y[State::glutamate] + rho_c * Y_T * sent, y[State::glutamate]);
  }

  static constexpr const char* event = "release";
  static constexpr int watched = State::calcium;
  template <class Real>
  TRIPARTITE_HD Real threshold() const {
    return Real(C_Theta);
  }

  /// Exocytosis of gliotransmitter, where `here` holds. The calcium that caused it stays above the threshold, so that
  /// the next event needs calcium to fall to it first.
  template <class Real, class Mask>
  TRIPARTITE_HD void crossed(Real (&y)[states], Mask here) const {
    const Real sent = y[State::gliotransmitter] * U_A;
    y[State::released] = select(here, y[State::released] + rho_e * G_T * sent, y[State::released]);
    y[State::gliotransmitter] = select(here, y[State::gliotransmitter] - sent, y[State::gliotransmitter]);
  }

  /// Receptors and the cell depend on one another in a circle; the other states follow one by one. In this order an
  /// elimination without exchange of rows fills in next to nothing.
  static constexpr bool depends(int i, int j) {
    if (i == j) return true;
    const auto of_cell = [](int s) { return s >= State::first_of_cell && s < State::first_of_cell + cell_states; };
    switch (i) {
      case State::utilisation: return j == State::presynaptic;
      case State::resources: return j == State::presynaptic || j == State::utilisation;
      case State::glutamate: return j == State::presynaptic || j == State::utilisation || j == State::resources;
      case State::presynaptic: return j == State::released;
      case State::astrocytic: return j == State::glutamate || j == State::calcium;
      case State::gliotransmitter:
      case State::released: return false;
    }
    if (of_cell(j)) return Cell::depends(i - State::first_of_cell, j - State::first_of_cell);
    return i == State::ip3 && j == State::astrocytic;
  }
  /// The place of the k-th state to eliminate.
  static constexpr int elimination_order(int k) {
    constexpr int first[] = {State::released,  State::gliotransmitter, State::presynaptic, State::utilisation,
                             State::resources, State::glutamate,       State::astrocytic};
    return k < 7 ? first[k] : State::first_of_cell + k - 7;
  }

  template <class Real>
  TRIPARTITE_HD void jacobian(const Real (&y)[states], const Real (&in)[3],
                              Real (&j)[states][states]) const requires HasJacobian<Cell> {
    const Real resting = resting_probability(y);
    const Real bound = Real(alpha - U_0_star);  // dU_0 / dΓ_S
    const Real used = y[State::utilisation] + resting * (Real(1) - y[State::utilisation]);
    const Real unused = Real(1) - y[State::utilisation];
    const Real vesicle = Real(rho_c * Y_T);
    const Real flow = y[State::resources] * in[Input::rate];
    j[State::gliotransmitter][State::gliotransmitter] = -Real(Omega_A);
    j[State::released][State::released] = -Real(Omega_e);
    j[State::presynaptic][State::released] = O_G * (Real(1) - y[State::presynaptic]);
    j[State::presynaptic][State::presynaptic] = -(O_G * y[State::released] + Omega_G);
    j[State::utilisation][State::presynaptic] = bound * unused * in[Input::rate];
    j[State::utilisation][State::utilisation] = -(Omega_f + resting * in[Input::rate]);
    j[State::resources][State::presynaptic] = -(bound * unused * flow);
    j[State::resources][State::utilisation] = -((Real(1) - resting) * flow);
    j[State::resources][State::resources] = -(Omega_d + used * in[Input::rate]);
    j[State::glutamate][State::presynaptic] = vesicle * bound * unused * flow;
    j[State::glutamate][State::utilisation] = vesicle * (Real(1) - resting) * flow;
    j[State::glutamate][State::resources] = vesicle * used * in[Input::rate];
    j[State::glutamate][State::glutamate] = -Real(Omega_c);
    const Real kinase = y[State::calcium] + K_KC;
    j[State::astrocytic][State::glutamate] = O_N * (Real(1) - y[State::astrocytic]);
    j[State::astrocytic][State::astrocytic] =
        -(O_N * y[State::glutamate] + Omega_N * (Real(1) + zeta * y[State::calcium] / kinase));
    j[State::astrocytic][State::calcium] = -(Omega_N * zeta * K_KC / (kinase * kinase)) * y[State::astrocytic];
    j[State::ip3][State::astrocytic] = Real(O_beta);

    Real own[cell_states], own_jacobian[cell_states][cell_states];
    for (int i = 0; i < cell_states; ++i) own[i] = y[State::first_of_cell + i];
    const Real produced[1] = {O_beta * y[State::astrocytic]};
    cell.jacobian(own, produced, own_jacobian);
    for (int a = 0; a < cell_states; ++a)
      for (int b = 0; b < cell_states; ++b)
        if (Cell::depends(a, b)) j[State::first_of_cell + a][State::first_of_cell + b] = own_jacobian[a][b];
    if (option[Option::exogenous_ip3] != 0)
      j[State::ip3][State::ip3] =
          j[State::ip3][State::ip3] -
          F_ex * ip3_flux_slope(Flux(option[Option::flux]), y[State::ip3] - in[Input::bias], I_Theta, omega_I);
    if (option[Option::soma] != 0) j[State::ip3][State::ip3] = j[State::ip3][State::ip3] - D_p;
  }
};

}  // namespace tripartite
