#pragma once

#include <cstdint>

#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::network::cuda {

/// Steps between two looks of the host: the releases of a synapse fit into the bits of one word.
inline constexpr int most_steps = 32;

/// What changes from one launch of a recorded sequence to the next; in device memory.
struct Window {
  double added_input;        // to the external input of the first `stimulated` neurons
  std::uint32_t stimulated;  // neurons
  std::uint32_t step;        // since the host looked: the first of those that follow
  bool has_bias;             // whether I_bias of somata is there
};

/// Whole steps with the state in registers, or single stages between which the parts of the network see each other.
enum class Scheme { exponential_euler, euler, rk4, rk4_stage };

/// A stage of the classical Runge-Kutta method: sum += weight k; at = y + ahead k, or in the last y += final sum.
template <class Real>
struct Stage {
  bool is_first, is_last;
  Real weight, ahead, final;
};

/// What of which step a launch does.
template <class Real>
struct Launch {
  const Window* window;
  unsigned long long* fault;  // the smallest fault_key
  std::uint32_t offset;       // of the step, from window->step
  bool begins_step, ends_step;
  int side;      // of what is kept twice: the one to read
  int substeps;  // of a whole step
  Real dt;       // of a substep
  Stage<Real> stage;
};

/// `count` states of many elements, an array each. `at` and `sum` are there if single stages are taken.
template <class Real, int count>
struct States {
  Real *y[count], *at[count], *sum[count];
};

/// States in the order in which they are told of when they leave their domains: neurons, bare synapses, tripartite
/// synapses, somata.
enum Watched {
  watched_rate,
  watched_bare,
  watched_synapse = watched_bare + 2,
  watched_soma = watched_synapse + synapse::state_count
};
inline constexpr unsigned long long no_fault = ~0ULL;

/// Smaller for what is told of first: by step, then state, then index.
constexpr unsigned long long fault_key(std::uint32_t step, int state, std::uint32_t index) {
  return (unsigned long long)(step) << 56 | (unsigned long long)(state) << 32 | index;
}
constexpr std::uint32_t fault_step(unsigned long long key) { return std::uint32_t(key >> 56); }
constexpr int fault_state(unsigned long long key) { return int(key >> 32 & 0xff); }
constexpr std::uint32_t fault_index(unsigned long long key) { return std::uint32_t(key); }

}  // namespace tripartite::network::cuda
