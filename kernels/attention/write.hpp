#pragma once

#include <cuda_runtime_api.h>

#include "kernels/attention/shape.hpp"

namespace tripartite::attention::cuda {

/// What a chunk with open plasticity leaves in the strength of every synapse: its decay, and
///   H_ij += a_ij sum_stages weighted_l_i h_j
/// The sum over stages is a product of two thin matrices, accumulated in registers from 0: in float32 a small step
/// added to a large H would be lost in part, and always to the same side.
template <class Real>
struct WriteRun {
  Shape shape;
  int stages = 0;
  Real hebbian_decay = 1;
  const Real* hidden_stages = nullptr;   // [stages][heads][hidden]
  const Real* output_stages = nullptr;   // [stages][heads][width], with the weight of the stage
  const Real* hebbian_factor = nullptr;  // a [synapses]; null: 1
  Real* hebbian = nullptr;               // H [synapses]
};
template <class Real>
void launch_write(const WriteRun<Real>& run, cudaStream_t stream);

/// values *= factor: what is left of H after a chunk with closed plasticity.
template <class Real>
void launch_decay(std::size_t count, Real factor, Real* values, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
