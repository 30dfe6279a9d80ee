#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

#include "kernels/attention/shape.hpp"

namespace tripartite::attention::cuda {

/// What astrocytes gather. The store is linear with the drive b_ij h_j and began at 0, so that g_ij = b_ij store_j: G
/// needs one number of each hidden neuron, and what that has stored since the chunk began:
///   G_a(stage) = sum_j factor[a][j] (store_decay(stage) store_j + deposit_j(stage)) h_j(stage)
template <class Real>
struct GlobalCalciumRun {
  Shape shape;
  int stages = 0;
  const Real* store_decay = nullptr;     // [stages] of g since the chunk began
  const Real* hidden_stages = nullptr;   // [stages][heads][hidden]
  const Real* deposit_stages = nullptr;  // the same; null: plasticity is closed
  const Real* store = nullptr;           // [heads][hidden] at the start of the chunk
  const Real* factor = nullptr;          // [heads][astrocytes][hidden] mean of b_ij over the rows; null: 1
  Real* global_calcium = nullptr;        // out [stages][heads][astrocytes]
};
template <class Real>
void launch_global_calcium(const GlobalCalciumRun<Real>& run, cudaStream_t stream);

/// The store at the end of the chunk: decay * store + deposit, all [neurons]; without deposit plasticity is closed.
template <class Real>
void launch_store(std::size_t neurons, Real decay, const Real* deposit, Real* store, cudaStream_t stream);

/// One element of a field: a value in device memory, times another where synapses share the value.
template <class Real>
struct Element {
  const Real* value = nullptr;
  const Real* factor = nullptr;  // null: 1
};
/// frame[i] = elements[i]: one frame of all probes.
template <class Real>
void launch_frame(int probes, const Element<Real>* elements, Real* frame, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
