#pragma once

#include "tripartite/calcium/gchi.hpp"

namespace tripartite::astrocyte {

/// State of an astrocyte's soma, in the order of arrays and files.
enum SomaState { soma_ip3, soma_calcium, soma_open, soma_states };

struct SomaInfo {
  const char* name;
  const char* unit;
  double initial;
};
constexpr SomaInfo soma_infos[soma_states] = {{"I_s", "uM", 0.01}, {"C_s", "uM", 0.01}, {"h_s", "1", 0.9}};

/// dy/dt = gain - loss y of a soma: `exchanged` [uM/s] is the IP3 that comes through gap junctions and from outside,
/// `processes` the mean IP3 of its processes, which it exchanges at the rate `coupling` [1/s] (0: it has none).
template <class Real, class Parameters>
TRIPARTITE_HD void soma_rates(const Parameters& p, const Real (&y)[soma_states], Real exchanged, Real processes,
                              Real coupling, Real (&gain)[soma_states], Real (&loss)[soma_states]) {
  const auto cell = calcium::gchi_rates(p, y[soma_ip3], y[soma_calcium], y[soma_open]);
  gain[soma_ip3] = cell.ip3_gain + exchanged + coupling * processes;
  loss[soma_ip3] = cell.ip3_loss + coupling;
  gain[soma_calcium] = cell.calcium_gain;
  loss[soma_calcium] = cell.calcium_loss;
  gain[soma_open] = cell.open_gain;
  loss[soma_open] = cell.open_loss;
}

}  // namespace tripartite::astrocyte
