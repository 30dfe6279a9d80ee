#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/network/fetch.hpp"

namespace tripartite::network::cuda {
namespace {

constexpr int threads = 256;

__global__ void __launch_bounds__(threads)
    collect_kernel(std::uint32_t* released, const std::uint32_t* original, std::size_t synapses, ReleaseRecord* record,
                   std::size_t capacity, unsigned long long* records) {
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= synapses) return;
  const std::uint32_t steps = released[i];
  if (steps == 0) return;
  const unsigned long long at = atomicAdd(records, 1ULL);
  if (at >= capacity) return;
  record[at] = {original[i], steps};
  released[i] = 0;
}

template <class Real>
__global__ void __launch_bounds__(threads)
    reorder_kernel(const Real* from, const std::uint32_t* original, std::size_t size, Real* to) {
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i < size) to[original[i]] = from[i];
}

template <class Real>
__global__ void __launch_bounds__(threads)
    gather_kernel(const Real* from, const std::uint64_t* which, std::size_t size, Real* to) {
  const std::size_t k = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (k < size) to[k] = from[which[k]];
}

}  // namespace

void launch_collect(std::uint32_t* released, const std::uint32_t* original, std::size_t synapses, ReleaseRecord* record,
                    std::size_t capacity, unsigned long long* records, cudaStream_t stream) {
  if (synapses == 0) return;
  collect_kernel<<<blocks_for(synapses, threads), threads, 0, stream>>>(released, original, synapses, record, capacity,
                                                                        records);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_reorder(const Real* from, const std::uint32_t* original, std::size_t size, Real* to, cudaStream_t stream) {
  if (size == 0) return;
  reorder_kernel<<<blocks_for(size, threads), threads, 0, stream>>>(from, original, size, to);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_gather(const Real* from, const std::uint64_t* which, std::size_t size, Real* to, cudaStream_t stream) {
  if (size == 0) return;
  gather_kernel<<<blocks_for(size, threads), threads, 0, stream>>>(from, which, size, to);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_reorder(const float*, const std::uint32_t*, std::size_t, float*, cudaStream_t);
template void launch_reorder(const double*, const std::uint32_t*, std::size_t, double*, cudaStream_t);
template void launch_gather(const float*, const std::uint64_t*, std::size_t, float*, cudaStream_t);
template void launch_gather(const double*, const std::uint64_t*, std::size_t, double*, cudaStream_t);

}  // namespace tripartite::network::cuda
