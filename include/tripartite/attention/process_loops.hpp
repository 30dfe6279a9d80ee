#pragma once

#include "tripartite/attention/process_scale.hpp"

namespace tripartite::attention {

/// One process with a calcium model through panels of time. Its state is float64 whatever the precision of the network:
/// float32 would lose IP3 that takes seconds to move by steps of milliseconds.
template <class Real>
struct ProcessPanels {
  const ProcessScale* scale = nullptr;
  const PanelNodes* nodes = nullptr;  // of collocation
  double speed = 1;                   // factor on every rate
  integrate::LinearMethod method = integrate::LinearMethod::collocation;
  int panels = 0;
  int stages = 1;                        // per panel
  const double* lengths = nullptr;       // [panels] [s]
  const Real* global_calcium = nullptr;  // G [panels * stages]
  double* state = nullptr;               // [states] in and out
  Real* calcium = nullptr;               // p, out [panels * stages]
};

/// Where a process settled: over the second half of the time, the mean of its states and the range of calcium [uM].
struct SettledProcess {
  double mean[most_states] = {0};
  double lowest = 0, highest = 0;
};

/// A calcium model as the calcium of processes, compiled by tripartite_add_model. `parameters` are all of the model.
struct ProcessLoops {
  /// Return p at the end.
  float (*follow_float)(const double* parameters, const ProcessPanels<float>& panels) = nullptr;
  double (*follow_double)(const double* parameters, const ProcessPanels<double>& panels) = nullptr;
  /// Moves `state` on for `duration` [s] at a constant production [uM/s] of IP3.
  SettledProcess (*settle)(const double* parameters, double* state, double produced, double duration) = nullptr;
  /// A bound on the rates [1/s]: `fastest_rate` of the model, times the largest factor by which one parameter that
  /// differs from its default can raise them.
  double (*fastest_rate)(const double* parameters) = nullptr;

  template <class Real>
  Real follow(const double* parameters, const ProcessPanels<Real>& panels) const {
    if constexpr (sizeof(Real) == 8)
      return follow_double(parameters, panels);
    else
      return follow_float(parameters, panels);
  }
};

}  // namespace tripartite::attention
