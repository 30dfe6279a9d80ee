#pragma once

#include <cuda_runtime_api.h>

#include <array>
#include <cstdint>

#include "kernels/network/step.hpp"

namespace tripartite::network::cuda {

/// A part of a group's members; groups are cut into such of a size that depends on nothing but the group.
struct Chunk {
  std::uint32_t begin, end;
};

/// sum[c] = sum of the values of the members of chunk c, in double and in an order that the chunk alone decides.
template <class Real>
struct ChunkSums {
  const Real* values;
  const std::uint32_t* member;  // where the values of a chunk stand, or null: one after the other
  const Chunk* chunk;
  std::uint32_t chunks;
  double* sum;
};

/// The sums of a group's chunks.
struct GroupSums {
  const std::uint32_t* begin;  // [groups + 1]
  const double* sum;
};

/// `launch`: the one that the sums belong to, or one of no window.
template <class Real>
void launch_sums(const std::array<ChunkSums<Real>, 3>& lists, const Launch<Real>& launch, cudaStream_t stream);

}  // namespace tripartite::network::cuda
