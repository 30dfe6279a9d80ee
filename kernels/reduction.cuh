#pragma once

namespace tripartite {

/// Sum over the lanes of a full warp, in every lane; the order is fixed.
template <class Real>
__device__ __forceinline__ Real warp_sum(Real value) {
  for (int offset = 16; offset > 0; offset /= 2) value += __shfl_xor_sync(0xffffffffu, value, offset);
  return value;
}

/// Largest value over the lanes of a full warp.
template <class Real>
__device__ __forceinline__ Real warp_max(Real value) {
  for (int offset = 16; offset > 0; offset /= 2) value = max(value, __shfl_xor_sync(0xffffffffu, value, offset));
  return value;
}

}  // namespace tripartite
