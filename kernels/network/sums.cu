#include "kernels/network/step.cuh"
#include "kernels/network/sums.hpp"
#include "kernels/reduction.cuh"

namespace tripartite::network::cuda {
namespace {

template <class Real>
struct Lists {
  ChunkSums<Real> first, second, third;
};

/// One chunk by one warp.
template <class Real>
__device__ __forceinline__ void sum_chunk(const ChunkSums<Real>& list, std::size_t chunk) {
  const Chunk range = list.chunk[chunk];
  const unsigned lane = threadIdx.x % 32;
  double sum = 0;
#pragma unroll 4
  for (std::uint32_t k = range.begin + lane; k < range.end; k += 32)
    sum += double(list.values[list.member != nullptr ? list.member[k] : k]);
  sum = warp_sum(sum);
  if (lane == 0) list.sum[chunk] = sum;
}

/// Warp: one chunk of one of the lists.
template <class Real>
__global__ void __launch_bounds__(threads) sum_kernel(Lists<Real> all, Launch<Real> launch) {
  if (launch.window != nullptr && has_stopped(launch)) return;
  const std::size_t chunk = std::size_t(blockIdx.x) * (threads / 32) + threadIdx.x / 32;
  const std::size_t second = all.first.chunks, third = second + all.second.chunks;
  if (chunk < second)
    sum_chunk(all.first, chunk);
  else if (chunk < third)
    sum_chunk(all.second, chunk - second);
  else if (chunk < third + all.third.chunks)
    sum_chunk(all.third, chunk - third);
}

}  // namespace

template <class Real>
void launch_sums(const std::array<ChunkSums<Real>, 3>& lists, const Launch<Real>& launch, cudaStream_t stream) {
  const std::size_t chunks = std::size_t(lists[0].chunks) + lists[1].chunks + lists[2].chunks;
  if (chunks == 0) return;
  sum_kernel<<<blocks_for(chunks, threads / 32), threads, 0, stream>>>(Lists<Real>{lists[0], lists[1], lists[2]},
                                                                       launch);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_sums(const std::array<ChunkSums<float>, 3>&, const Launch<float>&, cudaStream_t);
template void launch_sums(const std::array<ChunkSums<double>, 3>&, const Launch<double>&, cudaStream_t);

}  // namespace tripartite::network::cuda
