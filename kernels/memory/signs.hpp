#pragma once

#include <cuda_runtime_api.h>

#include "kernels/memory/network.hpp"

namespace tripartite::memory::cuda {

/// Some patterns of some neurons.
struct Block {
  int first_neuron, neurons;  // rows beyond the network's neurons become 0
  int first_pattern, patterns;
};

/// to[i][k] = +-1 [block.neurons x stride].
template <class Real>
void unpack_signs(const Network<Real>& network, Block block, Real* to, int stride, cudaStream_t stream);

/// to[task][i][k] = +-scale a_k with the projection a of `moment` of the task's cue; [tasks x rows x stride].
template <class Real>
void unpack_scaled(const Network<Real>& network, Block block, int moment, const CueTask<Real>* tasks, int count,
                   Real scale, Real* to, int rows, int stride, cudaStream_t stream);

/// part[task][k] (+)= sum_i +-values[task][i][k]; values [tasks x rows x stride], part [tasks x part_stride].
template <class Real>
void contract(const Network<Real>& network, Block block, const Real* values, int count, int rows, int stride,
              double* part, std::ptrdiff_t part_stride, cudaStream_t stream);

/// sums[cue][mu] = sum_i xi phi(x_i), at the present moment [cues x pattern_stride].
template <class Real>
void pattern_sums(const Network<Real>& network, double* sums, cudaStream_t stream);

}  // namespace tripartite::memory::cuda
