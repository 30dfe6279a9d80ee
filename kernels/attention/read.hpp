#pragma once

#include <cuda_runtime_api.h>

#include "kernels/attention/calcium.hpp"
#include "kernels/attention/propagate.hpp"
#include "kernels/attention/shape.hpp"

namespace tripartite::attention::cuda {

/// Reading through one chunk. l is linear in its drive, the currents sum_j H_ij h_j / (p_ij + floor), and H only decays
/// while plasticity is closed, so that each stage enters l at the end of the chunk with a weight known beforehand:
///   l_i = output_decay l_i + sum_j H_ij sum_stages weight(stage) h_j(stage) / (p_ij(stage) + floor)
/// What crosses neurons is a single reduction over j per chunk.
template <class Real>
struct ReadRun {
  Shape shape;
  int stages = 0;
  const Real* weight = nullptr;         // [stages] of l's scheme, times the decay of H since the chunk began
  const Real* hidden_stages = nullptr;  // [stages][heads][hidden]
  const Real* hebbian = nullptr;        // H [synapses] at the start of the chunk
  Real floor = 0;                       // calcium_floor
  Real output_decay = 1;
  Real* partial = nullptr;  // scratch: [read_partials(hidden)][heads][width]
  Real* output = nullptr;   // l [heads][width] in and out
};
/// Most blocks of columns whose sums are kept apart until the end, which makes the order of the sum one of its own.
int read_partials(int hidden);

/// Synapses of an astrocyte share p: the inner sum is one number per astrocyte and hidden neuron, `responses`
/// [heads][astrocytes][hidden] (ResponseSums), and H is all that is read of a synapse.
template <class Real>
void launch_read_shared(const ReadRun<Real>& run, const Real* responses, cudaStream_t stream);

/// Synapses with rates of their own, stepping solvers: p goes along, step by step.
template <class Real>
void launch_read_steps(const ReadRun<Real>& run, const CalciumSteps<Real>& calcium, int stages_per_panel,
                       cudaStream_t stream);

/// Synapses with rates of their own, the exact solver: p at the stages from the series of the response. Leaves p as it
/// was at the start of the chunk.
template <class Real>
struct ExactCalcium {
  Calcium<Real> state;
  Nodes<Real> nodes;
  const Real* elapsed = nullptr;  // [stages] time since the chunk began [s]
  const Real* series = nullptr;   // [heads][astrocytes][nodes][stride] from the first wanted stage on
  int stride = 0;
};
template <class Real>
void launch_read_series(const ReadRun<Real>& run, const ExactCalcium<Real>& calcium, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
