#pragma once

#include <cstdint>

#include "host/synapse/cpu_kernels.hpp"

// One stage of one step of the synapses of a network, compiled once per instruction set.

namespace tripartite::network::cpu {

/// Which states a stage is of: all, or those of one of two clocks (tripartite/synapse/two_clocks.hpp). Bare synapses
/// and neurons go with the fast ones, somata with the slow ones.
enum class Clock { one, fast, slow };

/// A stage: sum += weight k; at = y + ahead k, or in the last stage y += final sum. Exponential Euler is one stage.
template <class Real>
struct Stage {
  Clock clock;
  bool is_exponential;
  bool is_first, is_last;
  Real weight, ahead, final;
};

template <class Real>
struct StageRun {
  synapse::cpu::TileRun<Real> tile;  // states y, parameters, crossings, fault
  Stage<Real> stage;
  Real dt;                         // exponential
  Real* at[synapse::state_count];  // state of the stage
  Real* sum[synapse::state_count];
  const std::uint32_t* pre;        // of all synapses
  const Real* rate;                // of neurons
  const std::uint32_t* astrocyte;  // of all synapses, or null
  const Real* soma_ip3;            // of astrocytes
  Real* flow;                      // out: r ν of every synapse
  Real* receptor_sum;              // of all synapses: over the fast stages that were last since the last slow one
  Real receptor_weight;            // what makes it a mean
  bool is_step_end;                // crossings count
  const Real* calcium_before;      // of all synapses, at the beginning of the step; null: it is the stage's
};

template <class Real>
using StageKernel = void (*)(StageRun<Real>&);

template <class Real>
StageKernel<Real> stage_kernel(InstructionSet set);

}  // namespace tripartite::network::cpu
