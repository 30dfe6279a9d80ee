#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::synapse::cuda {

/// Steps of a launch: the releases of a synapse fit into the bits of one word.
inline constexpr int most_steps = 64;

/// What one synapse did in a launch. Fixed steps: bit k of `steps` is a release at the end of step k, and `time` is
/// unused; adaptive: one record per release.
struct ReleaseRecord {
  double time;  // [s] since the launch began
  std::uint64_t steps;
  std::uint64_t synapse;
};

/// The upper ends of the states' domains, with room for the overshoot of a method of fixed order.
template <class Real>
void set_highest(Real (&highest)[state_count]) {
  for (int s = 0; s < state_count; ++s)
    highest[s] = state_infos[s].highest > 0 ? Real(state_infos[s].highest + 0.01) : Real(1e30);
}

template <class Real>
struct AdvanceRun {
  Solver solver;
  Options options;
  std::size_t synapses;
  Real* state[state_count];  // of all synapses
  Real* step_size;           // adaptive
  const Real* rate_factor;   // or null
  Parameters<Real> shared;
  Parameters<const Real*> varied;  // null where a parameter does not vary
  bool any_varied;
  Real highest[state_count];  // of the domains

  int steps, substeps;
  Real dt;             // of a substep
  int calcium_every;   // steps of the fast states in one of the slow ones
  int phase;           // how many of them were taken when the launch begins
  Real slow_dt;        // of the slow states
  Real* receptor_sum;  // of all synapses: over the substeps since the last slow step; null unless calcium_every > 1
  const Real* rate;    // fixed: [steps * substeps * 2 + 1]
  const Real* bias;
  Real rate_mean, rate_sine, rate_cosine, rate_half_turns, bias_mean;  // adaptive, as in SignalInputs
  Real relative, absolute;

  const SpikeSource::Arrival* arrival;  // sorted by synapse, then step
  std::size_t arrivals;

  ReleaseRecord* record;  // out, in no order
  unsigned long long* records;
  std::size_t capacity;
  unsigned long long* fault;  // out: the smallest synapse * 16 + state that left its domain; + 15: a step too small
};

/// `steps` steps of every synapse, its state in registers throughout.
template <class Real>
void launch_advance(const AdvanceRun<Real>& run, cudaStream_t stream);

}  // namespace tripartite::synapse::cuda
