#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/network/sums.hpp"
#include "kernels/population/progress.cuh"
#include "kernels/reduction.cuh"

namespace tripartite::network::cuda {
namespace {

using population::cuda::add_to;
using population::cuda::has_stopped;

constexpr int threads = 128;

/// The sum of members [begin, end) in an order that these numbers decide, in all lanes.
template <class Real>
__device__ __forceinline__ double chunk_sum(const SumTerm<Real>& term, std::uint32_t begin, std::uint32_t end,
                                            unsigned lane) {
  double sum = 0;
#pragma unroll 4
  for (std::uint32_t k = begin + lane; k < end; k += 32) {
    const std::uint32_t place = term.member != nullptr ? term.member[k] : k;
    sum += double(term.weight != nullptr ? term.weight[place] * term.value[place] : term.value[place]);
  }
  return warp_sum(sum);
}

/// What a term brings to group g, in all lanes. Lane c % 32 adds up chunk c, whoever formed its sum.
template <class Real>
__device__ __forceinline__ double group_sum(const SumTerm<Real>& term, std::size_t g, unsigned lane) {
  const std::uint32_t begin = term.begin[g], end = term.begin[g + 1];
  double sum = 0;
  if (term.chunk_begin != nullptr) {
    for (std::uint32_t chunk = term.chunk_begin[g] + lane; chunk < term.chunk_begin[g + 1]; chunk += 32)
      sum += term.chunk_sum[chunk];
  } else {
    std::uint32_t chunk = 0;
    for (std::uint32_t at = begin; at < end; at += chunk_members, ++chunk) {
      const double own = chunk_sum(term, at, min(at + chunk_members, end), lane);
      if (chunk % 32 == lane) sum += own;
    }
  }
  sum = warp_sum(sum);
  return term.is_mean && end > begin ? sum / double(end - begin) : sum;
}

/// Warp: one element of the target.
template <class Real>
__global__ void __launch_bounds__(threads) sum_kernel(const SumRun<Real> run) {
  const std::size_t g = std::size_t(blockIdx.x) * (threads / 32) + threadIdx.x / 32;
  const unsigned lane = threadIdx.x % 32;
  if (g >= run.groups || has_stopped(run)) return;
  double sum = 0;
#pragma unroll
  for (int k = 0; k < most_terms; ++k)
    if (k < run.terms) sum += group_sum(run.term[k], g, lane);
  if (lane == 0) add_to(run.total, run, g, sum);
}

/// Warp: one chunk.
template <class Real>
__global__ void __launch_bounds__(threads) chunk_kernel(const ChunkRun<Real> run) {
  const std::uint32_t chunk = blockIdx.x * (threads / 32) + threadIdx.x / 32;
  const unsigned lane = threadIdx.x % 32;
  if (chunk >= run.chunks || has_stopped(run)) return;
  const std::uint32_t g = run.group[chunk];
  const std::uint32_t begin = run.term.begin[g] + (chunk - run.term.chunk_begin[g]) * chunk_members;
  const double sum = chunk_sum(run.term, begin, min(begin + chunk_members, run.term.begin[g + 1]), lane);
  if (lane == 0) run.sum[chunk] = sum;
}

}  // namespace

template <class Real>
void launch_sums(const SumRun<Real>& run, cudaStream_t stream) {
  if (run.groups == 0) return;
  sum_kernel<<<blocks_for(run.groups, threads / 32), threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_chunks(const ChunkRun<Real>& run, cudaStream_t stream) {
  if (run.chunks == 0) return;
  chunk_kernel<<<blocks_for(run.chunks, threads / 32), threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_sums(const SumRun<float>&, cudaStream_t);
template void launch_sums(const SumRun<double>&, cudaStream_t);
template void launch_chunks(const ChunkRun<float>&, cudaStream_t);
template void launch_chunks(const ChunkRun<double>&, cudaStream_t);

}  // namespace tripartite::network::cuda
