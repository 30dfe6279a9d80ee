#pragma once

#include "tripartite/astrocyte/gap_junctions.hpp"
#include "tripartite/elementary.hpp"
#include "tripartite/model/model.hpp"
#include "tripartite/model/parameters.hpp"
#include "tripartite/model/slopes.hpp"

/// Parameters of an astrocyte beside those of its calcium, once (docs/models.md, part C).
#define TRIPARTITE_ASTROCYTE_PARAMETERS(X)                                                              \
  X(Delta_I, "Δ_I", 2e-4, "uM", 0, "IP3 that an input of weight 1 makes")                               \
  X(C_Theta, "C_Θ", 0.19669, "uM", positive,                                                            \
    "calcium above which there is slow inward current; crossing it upwards is an event")                \
  X(F, "F", 0.09, "uM/s", 0, "largest exchange of IP3 through a gap junction")                          \
  X(F_ex, "F_ex", 0.09, "uM/s", 0, "largest exchange of IP3 with the exogenous source")                 \
  X(I_Theta, "I_Θ", 0.3, "uM", 0, "difference of IP3 at which exchange sets in")                        \
  X(omega_I, "ω_I", 0.05, "uM", positive, "width of the threshold of IP3 exchange; smaller is steeper") \
  X(D_p, "D_p", 0.5, "1/s", 0, "exchange of IP3 between processes and soma")

namespace tripartite {

/// An astrocyte, or the soma of one: the calcium of a cell that receives inputs and exchanges IP3 with its processes,
/// its neighbours and an exogenous source (docs/models.md, part C).
template <class Value, template <class> class Calcium>
struct Astrocyte {
  TRIPARTITE_PARAMETERS(TRIPARTITE_ASTROCYTE_PARAMETERS)
  using Cell = Calcium<Value>;
  Cell cell;
  int option[3];

  static constexpr const char* name = "astrocyte";
  static constexpr const char* title = "astrocyte: calcium, inputs, gap junctions, exchange with its processes";
  using State = typename Cell::State;
  static constexpr int states = State::count, first_cell_state = 0;
  static constexpr int ip3 = Cell::State::ip3, calcium = Cell::State::calcium;
  static constexpr const auto& state_infos = Cell::state_infos;
  struct Input {
    enum { junctions, process_ip3, has_processes, source_ip3, count };
  };
  static constexpr PortInfo input_infos[] = {
      {"junctions", "J", "uM/s", "IP3 through gap junctions", Clock::slow},
      {"process_ip3", "I_p", "uM", "mean IP3 of its processes", Clock::slow},
      {"has_processes", "", "1", "1 where the astrocyte has processes, else 0", Clock::slow},
      {"source_ip3", "I_bias", "uM", "IP3 of the exogenous source", Clock::slow}};
  struct Option {
    enum { exogenous_ip3, flux, processes, count };
  };
  static constexpr OptionInfo option_infos[] = {
      {"exogenous_ip3", "false true", "whether there is an exogenous source of IP3"},
      {"flux", "smooth published", "form of the threshold of IP3 exchange; published jumps at 0"},
      {"processes", "false true", "whether processes exchange IP3 with the soma"}};

  template <class Real>
  TRIPARTITE_HD void rates(const Real (&y)[states], const Real (&in)[Input::count], Real (&gain)[states],
                           Real (&loss)[states]) const {
    const Real produced[1] = {Real(0)};
    cell.rates(y, produced, gain, loss);
    Real from_outside = in[Input::junctions];
    if (option[Option::exogenous_ip3] != 0)
      from_outside =
          from_outside - F_ex * ip3_flux(Flux(option[Option::flux]), y[ip3] - in[Input::source_ip3], I_Theta, omega_I);
    gain[ip3] = gain[ip3] + from_outside;
    if (option[Option::processes] == 0) return;
    const Real coupling = D_p * in[Input::has_processes];
    gain[ip3] = gain[ip3] + coupling * in[Input::process_ip3];
    loss[ip3] = loss[ip3] + coupling;
  }

  /// The same as slopes.
  template <class Real>
  TRIPARTITE_HD void slopes(const Real (&y)[states], const Real (&in)[Input::count], Real (&slope)[states]) const {
    const Real produced[1] = {in[Input::junctions]};
    slopes_of(cell, y, produced, slope);
    if (option[Option::exogenous_ip3] != 0)
      slope[ip3] =
          slope[ip3] - F_ex * ip3_flux(Flux(option[Option::flux]), y[ip3] - in[Input::source_ip3], I_Theta, omega_I);
    if (option[Option::processes] == 0) return;
    slope[ip3] = slope[ip3] + D_p * in[Input::has_processes] * (in[Input::process_ip3] - y[ip3]);
  }

  /// IP3 that flows through a gap junction from a neighbour with IP3 `there` [uM/s]; odd, so that nothing is lost.
  static constexpr int exchanged = ip3;
  TRIPARTITE_HD Value exchange(Value here, Value there) const {
    return -(F * ip3_flux(Flux(option[Option::flux]), here - there, I_Theta, omega_I));
  }

  /// An input of a synapse with this weight, where `here` holds.
  static constexpr bool spikes_have_weight = true;
  template <class Real, class Mask>
  TRIPARTITE_HD void spike(Real (&y)[states], Mask here, Real weight) const {
    y[ip3] = select(here, y[ip3] + Delta_I * weight, y[ip3]);
  }

  static constexpr const char* event = "crossing";
  static constexpr int watched = calcium;
  template <class Real>
  TRIPARTITE_HD Real threshold() const {
    return Real(C_Theta);
  }
  template <class Real, class Mask>
  TRIPARTITE_HD void crossed(Real (&)[states], Mask) const {}

  static constexpr bool depends(int i, int j) { return Cell::depends(i, j); }
  template <class Real>
  TRIPARTITE_HD void jacobian(const Real (&y)[states], const Real (&in)[Input::count],
                              Real (&j)[states][states]) const requires HasJacobian<Cell> {
    const Real produced[1] = {Real(0)};
    cell.jacobian(y, produced, j);
    if (option[Option::exogenous_ip3] != 0)
      j[ip3][ip3] = j[ip3][ip3] -
                    F_ex * ip3_flux_slope(Flux(option[Option::flux]), y[ip3] - in[Input::source_ip3], I_Theta, omega_I);
    if (option[Option::processes] != 0) j[ip3][ip3] = j[ip3][ip3] - D_p * in[Input::has_processes];
  }
};

/// Slow inward current (Nadkarni & Jung 2003) of `calcium` [uM] above `threshold` [uM]: scale ln y, y = the excess in
/// nM, where y > 1; else 0.
double slow_inward_current(double calcium, double threshold, double scale);

}  // namespace tripartite
