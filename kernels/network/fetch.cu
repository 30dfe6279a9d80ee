#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/network/fetch.hpp"
#include "kernels/reduction.cuh"

namespace tripartite::network::cuda {
namespace {

using population::cuda::EventRecord;

constexpr int threads = 256;

__device__ __forceinline__ std::size_t thread() { return std::size_t(blockIdx.x) * threads + threadIdx.x; }

__global__ void __launch_bounds__(threads)
    collect_kernel(std::uint32_t* crossed, const std::uint32_t* original, std::size_t elements, EventRecord* record,
                   std::size_t capacity, unsigned long long* records) {
  const std::size_t i = thread();
  if (i >= elements) return;
  const std::uint32_t steps = crossed[i];
  if (steps == 0) return;
  const unsigned long long at = atomicAdd(records, 1ULL);
  if (at >= capacity) return;
  record[at] = {0, steps, original != nullptr ? original[i] : i};
  crossed[i] = 0;
}

template <class Real>
__global__ void __launch_bounds__(threads)
    read_kernel(const Real* from, const std::uint32_t* place, std::size_t first, std::size_t count, Real* to) {
  const std::size_t k = thread();
  if (k < count) to[k] = from[place[first + k]];
}

template <class Real>
__global__ void __launch_bounds__(threads) gather_kernel(const Real* from, const std::uint32_t* place,
                                                         const std::uint64_t* which, std::size_t count, Real* to) {
  const std::size_t k = thread();
  if (k < count) to[k] = from[place != nullptr ? place[which[k]] : which[k]];
}

template <class Value>
__global__ void __launch_bounds__(threads)
    write_kernel(const Value* from, const std::uint32_t* place, std::size_t first, std::size_t count, Value* to) {
  const std::size_t k = thread();
  if (k < count) to[place[first + k]] = from[k];
}

template <class Real>
__global__ void __launch_bounds__(threads) block_sum_kernel(const Real* values, std::size_t count, double* sum) {
  const std::size_t begin = std::size_t(blockIdx.x) * block_values;
  const std::size_t end = begin + block_values < count ? begin + block_values : count;
  double own = 0;
  for (std::size_t k = begin + threadIdx.x; k < end; k += threads) own += double(values[k]);
  own = block_sum<threads>(own);
  if (threadIdx.x == 0) sum[blockIdx.x] = own;
}

}  // namespace

void launch_collect(std::uint32_t* crossed, const std::uint32_t* original, std::size_t elements, EventRecord* record,
                    std::size_t capacity, unsigned long long* records, cudaStream_t stream) {
  if (elements == 0) return;
  collect_kernel<<<blocks_for(elements, threads), threads, 0, stream>>>(crossed, original, elements, record, capacity,
                                                                        records);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_read(const Real* from, const std::uint32_t* place, std::size_t first, std::size_t count, Real* to,
                 cudaStream_t stream) {
  if (count == 0) return;
  read_kernel<<<blocks_for(count, threads), threads, 0, stream>>>(from, place, first, count, to);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_gather(const Real* from, const std::uint32_t* place, const std::uint64_t* which, std::size_t count,
                   Real* to, cudaStream_t stream) {
  if (count == 0) return;
  gather_kernel<<<blocks_for(count, threads), threads, 0, stream>>>(from, place, which, count, to);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Value>
void launch_write(const Value* from, const std::uint32_t* place, std::size_t first, std::size_t count, Value* to,
                  cudaStream_t stream) {
  if (count == 0) return;
  write_kernel<<<blocks_for(count, threads), threads, 0, stream>>>(from, place, first, count, to);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_block_sums(const Real* values, std::size_t count, double* sum, cudaStream_t stream) {
  if (count == 0) return;
  block_sum_kernel<<<blocks_for(count, unsigned(block_values)), threads, 0, stream>>>(values, count, sum);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

#define TRIPARTITE_FETCH(Real)                                                                                  \
  template void launch_read(const Real*, const std::uint32_t*, std::size_t, std::size_t, Real*, cudaStream_t);  \
  template void launch_gather(const Real*, const std::uint32_t*, const std::uint64_t*, std::size_t, Real*,      \
                              cudaStream_t);                                                                    \
  template void launch_write(const Real*, const std::uint32_t*, std::size_t, std::size_t, Real*, cudaStream_t); \
  template void launch_block_sums(const Real*, std::size_t, double*, cudaStream_t);
TRIPARTITE_FETCH(float)
TRIPARTITE_FETCH(double)
#undef TRIPARTITE_FETCH

}  // namespace tripartite::network::cuda
