#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

#include "kernels/attention/shape.hpp"

namespace tripartite::attention::cuda {

/// What astrocytes gather. The store g_ij is linear with the drive b_ij h_j, so that G needs only sums over an
/// astrocyte's rows, columns[a][j] = sum_i g_ij, and what each neuron has stored since the chunk began:
///   G_a(stage) = sum_j (store_decay(stage) columns[a][j] + factor[a][j] deposit_j(stage)) h_j(stage) / rows(a)
template <class Real>
struct GlobalCalciumRun {
  Shape shape;
  int stages = 0;
  const Real* store_decay = nullptr;     // [stages] of g since the chunk began
  const Real* hidden_stages = nullptr;   // [stages][heads][hidden]
  const Real* deposit_stages = nullptr;  // the same; null: plasticity is closed
  const Real* columns = nullptr;         // [heads][astrocytes][hidden] at the start of the chunk
  const Real* factor = nullptr;          // the same: sum of b_ij over the rows; null: the number of rows
  Real* global_calcium = nullptr;        // out [stages][heads][astrocytes]
};
template <class Real>
void launch_global_calcium(const GlobalCalciumRun<Real>& run, cudaStream_t stream);

/// The column sums at the end of the chunk: decay * columns + factor * deposit.
template <class Real>
struct ColumnRun {
  Shape shape;
  Real decay = 1;
  const Real* deposit = nullptr;  // [heads][hidden]; null: plasticity is closed
  const Real* factor = nullptr;   // as above
  Real* columns = nullptr;
};
template <class Real>
void launch_columns(const ColumnRun<Real>& run, cudaStream_t stream);

/// frame[i] = *sources[i]: one frame of all probes.
template <class Real>
void launch_frame(int probes, const Real* const* sources, Real* frame, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
