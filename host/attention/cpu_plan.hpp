#pragma once

#include <vector>

#include "host/attention/cpu_kernels.hpp"
#include "tripartite/attention/phase_plan.hpp"

namespace tripartite::attention::cpu {

/// What a linear state that only its drive changes (H, g) does over one chunk.
template <class Real>
struct Span {
  Real loss = 0;             // state at the end = (1 - loss) state at the start + sum_s weight[s] drive(s)
  std::vector<Real> left;    // [stages] state at the stage / state at the start, without a drive
  std::vector<Real> weight;  // [stages]
};

/// Panels that are advanced together: their trajectories fit into a cache.
template <class Real>
struct Chunk {
  int first = 0, panels = 0;
  bool needs_current = false;  // the input current of the last layer at every stage
  bool frame_due = false;      // at the end
  Span<Real> hebbian, store;
  double duration = 0;           // [s]
  std::vector<Real> stage_time;  // [stages] since the start of the chunk [s]
};

/// A phase plan in working precision, cut into chunks.
template <class Real>
struct Plan {
  PhasePlan time;
  std::vector<Real> rho;     // [panels * stages]
  std::vector<Real> border;  // [panels + 1] rho at the borders of the panels
  std::vector<Real> span;    // [panels] length / tau_input
  PanelMoments<Real> moments;
  std::vector<Scheme<Real>> hidden, output, store;  // by kind of panel
  std::vector<std::vector<Scheme<Real>>> calcium;   // [node][kind]
  std::vector<Chunk<Real>> chunks;

  /// `stride` of the trajectories decides how many panels make a chunk.
  Plan(PhasePlan plan, const Parameters& parameters, int stride);

  bool is_read() const { return time.phase == Phase::read; }
  bool is_write() const { return time.phase == Phase::write; }
  bool is_silent() const { return time.phase == Phase::delay; }
  int kind(int panel) const { return time.kind[std::size_t(panel)]; }
  /// Stages of the longest chunk.
  int most_stages() const;
};

/// One linear state with a scalar drive per stage, e.g. one neuron of the last layer.
template <class Real>
Real step(const Scheme<Real>& scheme, int stages, Real state, const Real* drive) {
  Real change = 0;
  for (int s = 0; s < stages; ++s) change += scheme.weight[s] * drive[s];
  return state + (change - scheme.loss * state);
}

template <class Real>
Real stage_value(const Scheme<Real>& scheme, int stages, int s, Real state, const Real* drive) {
  Real y = scheme.stage_decay[s] * state;
  for (int r = 0; r < stages; ++r) y += scheme.stage_weight[s][r] * drive[r];
  return y;
}

extern template struct Plan<float>;
extern template struct Plan<double>;

}  // namespace tripartite::attention::cpu
