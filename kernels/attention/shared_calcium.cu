#include "kernels/attention/scheme.cuh"
#include "kernels/attention/shared_calcium.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;
constexpr int owner_threads = 32;  // astrocytes are few, and each is a chain of steps: spread them over the device

/// Thread: one astrocyte through all panels.
template <class Real, int Stages>
__global__ void __launch_bounds__(owner_threads) shared_calcium_kernel(SharedCalcium<Real> run) {
  const std::size_t astrocytes = run.shape.all_astrocytes();
  const std::size_t owner = std::size_t(blockIdx.x) * owner_threads + threadIdx.x;
  if (owner >= astrocytes) return;
  const auto* schemes = reinterpret_cast<const Scheme<Real, Stages>*>(run.schemes);
  const Real* global = run.global_calcium + owner;
  Real* gain = run.gain + owner;
  const Real* weight = run.weight;
  Real p = run.calcium[owner];
  for (int panel = 0; panel < run.panels.count; ++panel) {
    const auto& scheme = schemes[run.panels.kind[panel]];
    Real drive[Stages];
#pragma unroll
    for (int s = 0; s < Stages; ++s, global += astrocytes) drive[s] = *global;
    if (weight != nullptr && panel >= run.first_panel) {
      Real value[Stages];
      at_stages(scheme, drive, p, value);
#pragma unroll
      for (int s = 0; s < Stages; ++s, ++weight, gain += astrocytes) *gain = *weight / (value[s] + run.floor);
    }
    p = after(scheme, drive, p);
  }
  run.calcium[owner] = p;
}

/// Thread: one astrocyte at one wanted stage, or at the end.
template <class Real>
__global__ void __launch_bounds__(threads) known_calcium_kernel(KnownCalcium<Real> run) {
  const std::size_t astrocytes = run.shape.all_astrocytes();
  const std::size_t index = std::size_t(blockIdx.x) * threads + threadIdx.x;
  const std::size_t stage = index / astrocytes;
  if (stage > std::size_t(run.stages)) return;
  const Real p = run.values[index];
  if (stage == std::size_t(run.stages))
    run.calcium[index % astrocytes] = p;
  else if (run.weight != nullptr)
    run.gain[index] = run.weight[stage] / (p + run.floor);
}

/// Thread: one hidden neuron, as the synapses of one astrocyte see it.
template <class Real>
__global__ void __launch_bounds__(threads) response_sums_kernel(ResponseSums<Real> run) {
  const Shape& shape = run.shape;
  const int j = blockIdx.x * threads + threadIdx.x;
  if (j >= shape.hidden) return;
  const std::size_t owner = std::size_t(blockIdx.z) * shape.astrocytes + blockIdx.y;
  const std::size_t hidden = shape.hidden_neurons(), astrocytes = shape.all_astrocytes();
  const Real* rate = run.hidden_stages + std::size_t(blockIdx.z) * shape.hidden + j;
  const Real* gain = run.gain + owner;
  Real sum = 0;
#pragma unroll 8
  for (int stage = 0; stage < run.stages; ++stage) sum += gain[stage * astrocytes] * rate[stage * hidden];
  run.responses[owner * shape.hidden + j] = sum;
}

template <class Real, int Stages>
void launch_stages(const SharedCalcium<Real>& run, cudaStream_t stream) {
  shared_calcium_kernel<Real, Stages>
      <<<blocks_for(run.shape.all_astrocytes(), owner_threads), owner_threads, 0, stream>>>(run);
}

}  // namespace

template <class Real>
void launch_shared_calcium(const SharedCalcium<Real>& run, int stages_per_panel, cudaStream_t stream) {
  if (run.shape.all_astrocytes() == 0 || run.panels.count == 0) return;
  switch (stages_per_panel) {
    case 1: launch_stages<Real, 1>(run, stream); break;
    case 4: launch_stages<Real, 4>(run, stream); break;
    default: launch_stages<Real, 12>(run, stream);
  }
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_known_calcium(const KnownCalcium<Real>& run, cudaStream_t stream) {
  const std::size_t astrocytes = run.shape.all_astrocytes();
  if (astrocytes == 0) return;
  known_calcium_kernel<<<blocks_for((run.stages + 1) * astrocytes, threads), threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_response_sums(const ResponseSums<Real>& run, cudaStream_t stream) {
  if (run.shape.synapses() == 0) return;
  const dim3 grid(blocks_for(run.shape.hidden, threads), run.shape.astrocytes, run.shape.heads);
  response_sums_kernel<<<grid, threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_shared_calcium(const SharedCalcium<float>&, int, cudaStream_t);
template void launch_shared_calcium(const SharedCalcium<double>&, int, cudaStream_t);
template void launch_known_calcium(const KnownCalcium<float>&, cudaStream_t);
template void launch_known_calcium(const KnownCalcium<double>&, cudaStream_t);
template void launch_response_sums(const ResponseSums<float>&, cudaStream_t);
template void launch_response_sums(const ResponseSums<double>&, cudaStream_t);

}  // namespace tripartite::attention::cuda
