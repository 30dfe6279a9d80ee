#include "kernels/attention/gather.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/reduction.cuh"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;

/// Warp: one stage of one astrocyte. Stages are independent of each other, for the recurrence is in the deposits.
template <class Real>
__global__ void global_calcium_kernel(GlobalCalciumRun<Real> run) {
  const int stage = blockIdx.x * (threads / 32) + threadIdx.x / 32;
  if (stage >= run.stages) return;
  const int astrocyte = blockIdx.y;
  const int head = blockIdx.z;
  const int lane = threadIdx.x % 32;
  const std::size_t owner = std::size_t(head) * run.shape.astrocytes + astrocyte;
  const Real decay = run.store_decay[stage];
  const std::size_t first = std::size_t(head) * run.shape.hidden;
  const std::size_t row = std::size_t(stage) * run.shape.hidden_neurons() + first;
  const Real* store = run.store + first;
  const Real* factor = run.factor ? run.factor + owner * run.shape.hidden : nullptr;
  Real sum = 0;
  for (int j = lane; j < run.shape.hidden; j += 32) {
    Real stored = decay * store[j];
    if (run.deposit_stages != nullptr) stored += run.deposit_stages[row + j];
    if (factor != nullptr) stored *= factor[j];
    sum += stored * run.hidden_stages[row + j];
  }
  sum = warp_sum(sum);
  if (lane == 0) run.global_calcium[stage * run.shape.all_astrocytes() + owner] = sum;
}

/// Thread: one hidden neuron.
template <class Real>
__global__ void store_kernel(std::size_t neurons, Real decay, const Real* deposit, Real* store) {
  const std::size_t neuron = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (neuron < neurons) store[neuron] = decay * store[neuron] + (deposit != nullptr ? deposit[neuron] : Real(0));
}

template <class Real>
__global__ void frame_kernel(int probes, const Element<Real>* elements, Real* frame) {
  const int probe = blockIdx.x * threads + threadIdx.x;
  if (probe >= probes) return;
  const Element<Real> element = elements[probe];
  frame[probe] = element.factor != nullptr ? *element.value * *element.factor : *element.value;
}

}  // namespace

template <class Real>
void launch_global_calcium(const GlobalCalciumRun<Real>& run, cudaStream_t stream) {
  if (run.shape.all_astrocytes() == 0 || run.stages == 0) return;
  const dim3 grid(blocks_for(run.stages, threads / 32), run.shape.astrocytes, run.shape.heads);
  global_calcium_kernel<<<grid, threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_store(std::size_t neurons, Real decay, const Real* deposit, Real* store, cudaStream_t stream) {
  if (neurons == 0 || (deposit == nullptr && decay == Real(1))) return;
  store_kernel<<<blocks_for(neurons, threads), threads, 0, stream>>>(neurons, decay, deposit, store);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_frame(int probes, const Element<Real>* elements, Real* frame, cudaStream_t stream) {
  if (probes == 0) return;
  frame_kernel<<<blocks_for(probes, threads), threads, 0, stream>>>(probes, elements, frame);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_global_calcium(const GlobalCalciumRun<float>&, cudaStream_t);
template void launch_global_calcium(const GlobalCalciumRun<double>&, cudaStream_t);
template void launch_store(std::size_t, float, const float*, float*, cudaStream_t);
template void launch_store(std::size_t, double, const double*, double*, cudaStream_t);
template void launch_frame(int, const Element<float>*, float*, cudaStream_t);
template void launch_frame(int, const Element<double>*, double*, cudaStream_t);

}  // namespace tripartite::attention::cuda
