#pragma once

#include "tripartite/elementary.hpp"
#include "tripartite/model/model.hpp"
#include "tripartite/model/parameters.hpp"

/// Calcium of an astrocyte after T. Höfer, L. Venance and C. Giaume, "Control and plasticity of intercellular calcium
/// waves in astrocytes: a modeling approach", J. Neurosci. 22:4850 (2002), without diffusion within the cell and
/// through gap junctions. IP3 I, calcium C of the cytosol, calcium S of the store, active fraction R of the IP3
/// receptors:
///
///   dI/dt = v7 C²/(K_Ca² + C²) + v8 + P - k9 I           P: IP3 production from outside
///   dC/dt = flow (S - C) - k3 C + v_in - k5 C            v_in = v40 + v41 I²/(K_r² + I²)
///   dS/dt = beta (k3 C - flow (S - C))                   flow = k1 + k2 R C²/(K_a² + C²) I²/(K_IP3² + I²)
///   dR/dt = k6 (K_i²/(K_i² + C²) - R)
///
/// A pulse of IP3 production releases calcium once and empties the store, which refills over minutes.
///
/// The values are those of a later program that follows the paper under the same names (HoferCell of H. Wang's
/// hydra_calcium_model); the table of the paper itself was not at hand when this example was written: compare with it
/// before you publish results. The paper varies v7 in [0, 0.05] uM/s. Its agonist acts through P here, with the
/// receptors of the synapse model, so that v8 is a constant. Initial values are the resting state of these values.
#define HOFER_PARAMETERS(X)                                                                \
  X(k1, "k_1", 0.0004, "1/s", 0, "calcium leak of the store")                              \
  X(k2, "k_2", 0.08, "1/s", 0, "calcium release where all IP3 receptors are open")         \
  X(K_a, "K_a", 0.2, "uM", positive, "calcium that half activates the IP3 receptor")       \
  X(K_IP3, "K_IP3", 0.3, "uM", positive, "IP3 that half activates the IP3 receptor")       \
  X(k3, "k_3", 0.5, "1/s", 0, "calcium uptake by the SERCA pump")                          \
  X(v40, "v_40", 0.025, "uM/s", positive, "calcium influx at rest")                        \
  X(v41, "v_41", 0.2, "uM/s", 0, "largest calcium influx that IP3 opens")                  \
  X(K_r, "K_r", 1.0, "uM", positive, "IP3 that half opens this influx")                    \
  X(k5, "k_5", 0.5, "1/s", positive, "calcium efflux")                                     \
  X(k6, "k_6", 4.0, "1/s", 0, "inactivation of IP3 receptors, and recovery from it")       \
  X(K_i, "K_i", 0.2, "uM", positive, "calcium that inactivates half of the IP3 receptors") \
  X(v7, "v_7", 0.04, "uM/s", 0, "largest IP3 production by PLC delta")                     \
  X(K_Ca, "K_Ca", 0.3, "uM", positive, "calcium that half activates PLC delta")            \
  X(v8, "v_8", 4e-4, "uM/s", 0, "IP3 production at rest beside that of PLC delta")         \
  X(k9, "k_9", 0.08, "1/s", positive, "IP3 degradation")                                   \
  X(beta, "β", 20.0, "", positive, "effective volume of the cytosol over that of the store")

namespace hofer {

using tripartite::positive;

template <class Value>
struct Hofer {
  TRIPARTITE_PARAMETERS(HOFER_PARAMETERS)

  static constexpr const char* name = "hofer";
  static constexpr const char* title = "calcium after Hofer, Venance & Giaume 2002";
  struct State {
    enum { ip3, calcium, store, active, count };
  };
  static constexpr auto slow = tripartite::Clock::slow;
  static constexpr tripartite::StateInfo state_infos[] = {
      {"I", "I", "uM", 0.0185863, 0, "IP3", slow},
      {"C", "C", "uM", 0.0501381, 0, "calcium", slow},
      {"S", "S", "uM", 60.1652, 0, "calcium of the store", slow},
      {"R", "R", "1", 0.94087, positive, "IP3 receptors that calcium does not inactivate", slow}};
  struct Input {
    enum { ip3_production, count };
  };
  static constexpr tripartite::PortInfo input_infos[] = {
      {"ip3_production", "P", "uM/s", "production of IP3 from outside", slow}};
  static constexpr double fastest_rate = 20;  // [1/s] release from a full store, where calcium activates it steeply

  /// x² / (half² + x²)
  template <class Real>
  static TRIPARTITE_HD Real hill(Real x, Value half) {
    return x * x / (half * half + x * x);
  }
  /// Its slope.
  template <class Real>
  static TRIPARTITE_HD Real hill_slope(Real x, Value half) {
    const Real below = half * half + x * x;
    return Real(2) * x * (half * half) / (below * below);
  }

  template <class Real>
  TRIPARTITE_HD void rates(const Real (&y)[4], const Real (&in)[1], Real (&gain)[4], Real (&loss)[4]) const {
    const Real ip3 = y[State::ip3], calcium = y[State::calcium];
    const Real flow = k1 + k2 * y[State::active] * hill(calcium, K_a) * hill(ip3, K_IP3);
    gain[State::ip3] = v7 * hill(calcium, K_Ca) + v8 + in[Input::ip3_production];
    loss[State::ip3] = Real(k9);
    gain[State::calcium] = flow * y[State::store] + v40 + v41 * hill(ip3, K_r);
    loss[State::calcium] = flow + k3 + k5;
    gain[State::store] = beta * (flow + k3) * calcium;
    loss[State::store] = beta * flow;
    gain[State::active] = k6 * (Real(1) - hill(calcium, K_i));
    loss[State::active] = Real(k6);
  }

  /// For Rosenbrock methods: j[i][k] = d(dy_i/dt)/dy_k where depends(i, k). A model may do without.
  static constexpr bool depends(int i, int k) {
    if (i == State::ip3) return k == State::ip3 || k == State::calcium;
    if (i == State::active) return k == State::active || k == State::calcium;
    return true;
  }
  template <class Real>
  TRIPARTITE_HD void jacobian(const Real (&y)[4], const Real (&)[1], Real (&j)[4][4]) const {
    enum { I = State::ip3, C = State::calcium, S = State::store, R = State::active };
    const Real by_ip3 = hill(y[I], K_IP3), by_calcium = hill(y[C], K_a), open = by_calcium * by_ip3;
    const Real flow = k1 + k2 * y[R] * open, excess = y[S] - y[C];
    const Real release_by_ip3 = k2 * y[R] * by_calcium * hill_slope(y[I], K_IP3) * excess;
    const Real release_by_calcium = k2 * y[R] * by_ip3 * hill_slope(y[C], K_a) * excess - flow;
    j[I][I] = -Real(k9);
    j[I][C] = v7 * hill_slope(y[C], K_Ca);
    j[C][I] = release_by_ip3 + v41 * hill_slope(y[I], K_r);
    j[C][C] = release_by_calcium - k3 - k5;
    j[C][S] = flow;
    j[C][R] = k2 * open * excess;
    j[S][I] = -(beta * release_by_ip3);
    j[S][C] = beta * (k3 - release_by_calcium);
    j[S][S] = -(beta * flow);
    j[S][R] = -(beta * j[C][R]);
    j[R][C] = -(k6 * hill_slope(y[C], K_i));
    j[R][R] = -Real(k6);
  }
};

}  // namespace hofer

namespace tripartite {

TRIPARTITE_CALCIUM_MODEL(hofer::Hofer)

}  // namespace tripartite
