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

/// Sum over a one-dimensional block of `threads` threads in a fixed order, valid in thread 0.
template <int threads, class Real>
__device__ __forceinline__ Real block_sum(Real value) {
  __shared__ Real of_warp[threads / 32];
  value = warp_sum(value);
  __syncthreads();  // an earlier sum may still be read
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = value;
  __syncthreads();
  Real total = 0;
  if (threadIdx.x == 0)
    for (int warp = 0; warp < threads / 32; ++warp) total += of_warp[warp];
  return total;
}

/// Largest value over a one-dimensional block, at least 0, valid in thread 0.
template <int threads, class Real>
__device__ __forceinline__ Real block_max(Real value) {
  __shared__ Real of_warp[threads / 32];
  value = warp_max(value);
  __syncthreads();
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = value;
  __syncthreads();
  Real largest = 0;
  if (threadIdx.x == 0)
    for (int warp = 0; warp < threads / 32; ++warp) largest = max(largest, of_warp[warp]);
  return largest;
}

}  // namespace tripartite
