#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/memory/signs.hpp"

namespace tripartite::memory::cuda {
namespace {

constexpr int threads = 128;

template <class Real>
__device__ Real sign_of(const Network<Real>& network, int neuron, int pattern) {
  const std::uint64_t word = network.bits[std::ptrdiff_t(neuron) * network.words + pattern / 64];
  return (word >> (pattern % 64) & 1) != 0 ? Real(1) : Real(-1);
}

/// Grid: patterns x rows, strided over the rows x tasks.
template <class Real>
__global__ void unpack_kernel(Network<Real> network, Block block, int moment, const CueTask<Real>* tasks, Real scale,
                              Real* to, int rows, int stride) {
  const int k = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (k >= block.patterns) return;
  const int task = int(blockIdx.z), pattern = block.first_pattern + k;
  Real size = 1;
  if (tasks != nullptr) size = Real(double(scale) * network.projection(moment, tasks[task].cue)[pattern]);
  for (int i = int(blockIdx.y); i < block.neurons; i += int(gridDim.y)) {
    const int neuron = block.first_neuron + i;
    to[(std::ptrdiff_t(task) * rows + i) * stride + k] =
        neuron < network.neurons ? size * sign_of(network, neuron, pattern) : Real(0);
  }
}

template <class Real>
void unpack(const Network<Real>& network, Block block, int moment, const CueTask<Real>* tasks, int count, Real scale,
            Real* to, int rows, int stride, cudaStream_t stream) {
  if (block.neurons == 0 || block.patterns == 0 || count == 0) return;
  const dim3 grid(blocks_for(block.patterns, threads), unsigned(block.neurons < 65535 ? block.neurons : 65535), count);
  unpack_kernel<<<grid, threads, 0, stream>>>(network, block, moment, tasks, scale, to, rows, stride);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
__global__ void contract_kernel(Network<Real> network, Block block, const Real* values, int rows, int stride,
                                double* part, std::ptrdiff_t part_stride) {
  const int k = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (k >= block.patterns) return;
  const int task = int(blockIdx.y);
  double sum = 0;
  for (int i = 0; i < block.neurons; ++i)
    sum += double(sign_of(network, block.first_neuron + i, block.first_pattern + k) *
                  values[(std::ptrdiff_t(task) * rows + i) * stride + k]);
  part[task * part_stride + k] = sum;
}

template <class Real>
__global__ void pattern_sums_kernel(Network<Real> network, double* sums) {
  const int k = int(blockIdx.x * blockDim.x + threadIdx.x), cue = int(blockIdx.y);
  if (k >= network.pattern_stride) return;
  const Real* phi = network.moment_phi + network.row(0, cue);
  double sum = 0;
  if (k < network.patterns)
    for (int i = 0; i < network.neurons; ++i) sum += double(sign_of(network, i, k) * phi[i]);
  sums[std::ptrdiff_t(cue) * network.pattern_stride + k] = sum;
}

}  // namespace

template <class Real>
void unpack_signs(const Network<Real>& network, Block block, Real* to, int stride, cudaStream_t stream) {
  unpack<Real>(network, block, 0, nullptr, 1, Real(1), to, block.neurons, stride, stream);
}

template <class Real>
void unpack_scaled(const Network<Real>& network, Block block, int moment, const CueTask<Real>* tasks, int count,
                   Real scale, Real* to, int rows, int stride, cudaStream_t stream) {
  unpack(network, block, moment, tasks, count, scale, to, rows, stride, stream);
}

template <class Real>
void contract(const Network<Real>& network, Block block, const Real* values, int count, int rows, int stride,
              double* part, std::ptrdiff_t part_stride, cudaStream_t stream) {
  if (block.patterns == 0 || count == 0) return;
  const dim3 grid(blocks_for(block.patterns, threads), count);
  contract_kernel<<<grid, threads, 0, stream>>>(network, block, values, rows, stride, part, part_stride);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void pattern_sums(const Network<Real>& network, double* sums, cudaStream_t stream) {
  if (network.patterns == 0) return;
  const dim3 grid(blocks_for(network.pattern_stride, threads), network.cues);
  pattern_sums_kernel<<<grid, threads, 0, stream>>>(network, sums);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

#define TRIPARTITE_INSTANTIATE(Real)                                                                              \
  template void unpack_signs(const Network<Real>&, Block, Real*, int, cudaStream_t);                              \
  template void unpack_scaled(const Network<Real>&, Block, int, const CueTask<Real>*, int, Real, Real*, int, int, \
                              cudaStream_t);                                                                      \
  template void contract(const Network<Real>&, Block, const Real*, int, int, int, double*, std::ptrdiff_t,        \
                         cudaStream_t);                                                                           \
  template void pattern_sums(const Network<Real>&, double*, cudaStream_t);
TRIPARTITE_INSTANTIATE(float)
TRIPARTITE_INSTANTIATE(double)
#undef TRIPARTITE_INSTANTIATE

}  // namespace tripartite::memory::cuda
