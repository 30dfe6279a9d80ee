#pragma once

#include "tripartite/host_device.hpp"
#include "tripartite/integrate/linear_scheme.hpp"
#include "tripartite/model/loops.hpp"

namespace tripartite::attention {

/// What connects the processes of one head to its network: G makes production G of IP3, and calcium C becomes
/// p = max(gain (C - rest), least), `least` > 0.
struct ProcessScale {
  double production = 0;              // IP3 production per unit of G [uM/s]
  double gain = 0;                    // [1/uM]
  double rest = 0;                    // C of a process without production [uM]
  double least = 0;                   // [1]
  double initial[most_states] = {0};  // the states of the calcium model, in its order

  TRIPARTITE_HD double modulatory(double calcium) const {
    const double p = gain * (calcium - rest);
    return p < least ? least : p;  // NaN propagates
  }
};

/// Gauss nodes of a panel, between which calcium is integrated by Runge-Kutta steps while its production follows the
/// polynomial through the nodes.
struct PanelNodes {
  double place[integrate::max_stages];                              // in (0, 1)
  double difference[integrate::max_stages][integrate::max_stages];  // 1 / (place[i] - place[j]), 0 on the diagonal
};
PanelNodes panel_nodes();

}  // namespace tripartite::attention
