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

/// What left its domain: ordered by step, then kind and index. Somata are told one state after the other.
enum FaultKind { fault_synapse, fault_neuron, fault_soma };
inline constexpr unsigned long long no_fault = ~0ULL;

constexpr unsigned long long fault_key(std::uint32_t step, int kind, std::uint32_t index, int state) {
  const bool is_soma = kind == fault_soma;
  return (unsigned long long)(step) << 56 | (unsigned long long)(kind + (is_soma ? state : 0)) << 48 |
         (unsigned long long)(index) << 8 | (unsigned long long)(state);
}

struct Fault {
  std::uint32_t step;
  int kind;
  std::uint32_t index;
  int state;
  explicit Fault(unsigned long long key)
      : step(std::uint32_t(key >> 56)),
        kind(int(key >> 48 & 0xff) < fault_soma ? int(key >> 48 & 0xff) : fault_soma),
        index(std::uint32_t(key >> 8)),
        state(int(key & 0xff)) {}
};

}  // namespace tripartite::network::cuda
