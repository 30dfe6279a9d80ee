#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/synapse/gather.hpp"

namespace tripartite::synapse::cuda {
namespace {

constexpr int threads = 128;

template <class Real>
__global__ void gather_kernel(const Real* state, const std::uint64_t* places, std::size_t count, Real* values) {
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i < count) values[i] = state[places[i]];
}

}  // namespace

template <class Real>
void launch_gather(const Real* state, const std::uint64_t* places, std::size_t count, Real* values,
                   cudaStream_t stream) {
  if (count == 0) return;
  gather_kernel<<<blocks_for(count, threads), threads, 0, stream>>>(state, places, count, values);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_gather(const float*, const std::uint64_t*, std::size_t, float*, cudaStream_t);
template void launch_gather(const double*, const std::uint64_t*, std::size_t, double*, cudaStream_t);

}  // namespace tripartite::synapse::cuda
