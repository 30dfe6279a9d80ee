#pragma once

#include <cstdint>

#include "tripartite/backend.hpp"
#include "tripartite/synapse/ensemble.hpp"

// The inner loops of the CPU backend, compiled once per instruction set. A pack of synapses stays in registers and the
// nearest cache for all steps of a window.

namespace tripartite::synapse::cpu {

/// A window's events of one tile.
struct Crossing {
  double time;  // [s] since the window began
  std::int64_t synapse;
};

/// A state that left its domain.
struct Fault {
  std::int64_t synapse = -1;
  int state = 0;
};

template <class Real>
struct TileRun {
  Solver solver;
  Options options;
  std::int64_t first, last;             // synapses; first is a multiple of 64 bytes, last of a register
  Real* state[state_count];             // of all synapses
  Real* step_size;                      // adaptive: of all synapses
  const Real* rate_factor;              // of all synapses, or null
  Parameters<Real> shared;              // parameters that do not vary
  const Real* varied[parameter_count];  // of all synapses, or null
  bool any_varied;

  int steps, substeps;
  Real dt;             // of a substep
  int calcium_every;   // steps of the fast states in one of the slow ones
  int phase;           // how many of them were taken when the window begins
  Real slow_dt;        // of the slow states
  Real* receptor_sum;  // of all synapses: over the substeps since the last slow step; null unless calcium_every > 1
  const Real* rate;    // fixed steps: [steps * substeps * 2 + 1] at ends and middles
  const Real* bias;    // the same
  // Adaptive: rate = mean + sine sin(π half_turns t) + cosine cos(π half_turns t), t since the window began.
  Real rate_mean, rate_sine, rate_cosine, rate_half_turns, bias_mean;
  Real relative, absolute;

  const SpikeSource::Arrival* arrival;  // sorted by synapse, then step
  std::int64_t arrivals;

  Crossing* crossing;  // out
  std::int64_t crossings, capacity;
  Fault fault;    // out; synapse < 0: none
  bool is_stuck;  // out: an adaptive step became too small, in the pack of `fault`
};

template <class Real>
struct Kernels {
  void (*fixed)(TileRun<Real>&);
  void (*adaptive)(TileRun<Real>&);
};

template <class Real>
Kernels<Real> kernels(InstructionSet set);

}  // namespace tripartite::synapse::cpu
