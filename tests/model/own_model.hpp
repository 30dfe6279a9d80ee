#pragma once

#include "tripartite/elementary.hpp"
#include "tripartite/model/model.hpp"
#include "tripartite/model/parameters.hpp"

/// A calcium model as somebody outside the project would write one: four states in an order of its own, parameters,
/// no Jacobian.
#define OWN_CALCIUM_PARAMETERS(X)                                                    \
  X(production, "P", 0.02, "uM/s", 0, "IP3 production")                              \
  X(degradation, "D", 0.1, "1/s", positive, "IP3 degradation")                       \
  X(release, "R", 4.0, "1/s", 0, "calcium release where all channels are open")      \
  X(half_ip3, "K_I", 0.3, "uM", positive, "IP3 that half opens the channels")        \
  X(leak, "L", 0.05, "1/s", 0, "calcium leak")                                       \
  X(pump, "V", 2.5, "uM/s", 0, "calcium uptake by the pump")                         \
  X(half_pump, "K_V", 0.2, "uM", positive, "calcium that half saturates the pump")   \
  X(cytosol, "c", 0.2, "", positive, "volume of the store over that of the cytosol") \
  X(recovery, "r", 0.15, "1/s", 0, "recovery of channels from inactivation")         \
  X(half_closed, "K_r", 0.4, "uM", positive, "calcium that inactivates half of them")

namespace own {

using tripartite::positive;

/// Calcium that moves between a store and the cytosol and is not lost: C + c S stays what it was.
template <class Value>
struct OwnCalcium {
  TRIPARTITE_PARAMETERS(OWN_CALCIUM_PARAMETERS)

  static constexpr const char* name = "own_calcium";
  static constexpr const char* title = "calcium between a store and the cytosol, for tests";
  struct State {
    enum { store, ip3, open, calcium, count };
  };
  static constexpr tripartite::StateInfo state_infos[] = {
      {"S", "S", "uM", 8, 0, "calcium of the store", tripartite::Clock::slow},
      {"I", "I", "uM", 0.1, 0, "IP3", tripartite::Clock::slow},
      {"h", "h", "1", 0.8, 1, "channels that calcium does not inactivate", tripartite::Clock::slow},
      {"C", "C", "uM", 0.1, 0, "calcium", tripartite::Clock::slow}};
  struct Input {
    enum { ip3_production, count };
  };
  static constexpr tripartite::PortInfo input_infos[] = {
      {"ip3_production", "P_in", "uM/s", "production of IP3 from outside", tripartite::Clock::slow}};
  static constexpr double fastest_rate = 13;

  template <class Real>
  TRIPARTITE_HD void rates(const Real (&y)[4], const Real (&in)[1], Real (&gain)[4], Real (&loss)[4]) const {
    const Real calcium = y[State::calcium], bound = y[State::ip3] / (y[State::ip3] + half_ip3);
    const Real flow = release * (bound * bound * y[State::open]) + leak;
    const Real uptake = pump / (calcium + half_pump);
    gain[State::ip3] = production + in[Input::ip3_production];
    loss[State::ip3] = Real(degradation);
    gain[State::calcium] = flow * (cytosol * y[State::store]);
    loss[State::calcium] = uptake;
    gain[State::store] = uptake * calcium / Real(cytosol);
    loss[State::store] = flow;
    gain[State::open] = Real(recovery);
    loss[State::open] = recovery * (Real(1) + calcium / half_closed);
  }
};

}  // namespace own

namespace tripartite {

using own::OwnCalcium;

TRIPARTITE_CALCIUM_MODEL(OwnCalcium)

}  // namespace tripartite
