#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/memory/energy.hpp"
#include "kernels/reduction.cuh"

namespace tripartite::memory::cuda {
namespace {

constexpr int threads = 256;

template <class Real>
__device__ Real relaxation(Real z, Real gain) {
  const Real t = exp(Real(-2) * gain * abs(z));
  return AssociativeMemory<Real>::relaxation(abs(z), t, log1p(t), gain);
}

template <class Real>
__global__ void elements_kernel(Network<Real> network, const int* sides, double* part) {
  const int cue = int(blockIdx.y);
  const Real* synapse = network.synapse[sides[cue]] + cue * network.pairs();
  const Real* process = network.process[sides[cue]] + cue * network.pairs();
  double sum = 0;
  for (int row = int(blockIdx.x); row < network.neurons; row += int(gridDim.x))
    for (int column = int(threadIdx.x); column < network.neurons; column += threads) {
      const std::ptrdiff_t at = std::ptrdiff_t(row) * network.stride + column;
      const Real s = synapse[at], p = process[at];
      sum += double(network.model.element_energy(
          relaxation(s, network.model.gain_synapse), relaxation(p, network.model.gain_process),
          Real(tanh(network.model.gain_synapse * s)), Real(tanh(network.model.gain_process * p)),
          network.synapse_bias != nullptr ? network.synapse_bias[at] : Real(0),
          network.process_bias != nullptr ? network.process_bias[at] : Real(0)));
    }
  sum = block_sum<threads>(sum);
  if (threadIdx.x == 0) part[std::ptrdiff_t(cue) * gridDim.x + blockIdx.x] = sum;
}

/// A block per cue. The few neurons and patterns in double: their terms are the largest and cancel the most.
template <class Real>
__global__ void total_kernel(Network<Real> network, AssociativeMemory<double> model, const double* part, int parts,
                             double* energy) {
  const int cue = int(blockIdx.x);
  double sum = 0;
  for (int i = int(threadIdx.x); i < parts; i += threads) sum += part[std::ptrdiff_t(cue) * parts + i];
  for (int i = int(threadIdx.x); i < network.neurons; i += threads) {
    const std::ptrdiff_t at = network.row(0, cue) + i;
    sum += model.neuron_energy(relaxation(double(network.moment_neurons[at]), model.gain_neuron),
                               double(network.moment_phi[at]), double(network.moment_current[at]),
                               double(network.neuron_bias[i]));
  }
  for (int mu = int(threadIdx.x); mu < network.patterns; mu += threads)
    sum += model.pattern_energy(network.projection(0, cue)[mu]);
  sum = block_sum<threads>(sum);
  if (threadIdx.x == 0) energy[cue] = sum;
}

template <class Real>
__device__ Real inverse(Real value, Real gain, Real bound) {
  return atanh(max(-bound, min(bound, value))) / gain;
}

template <class Real>
__global__ void fill_warm_kernel(Network<Real> network, int cue, int first, int rows, const Real* kernel, Real bound) {
  const int column = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (column >= network.neurons) return;
  const Real* phi = network.moment_phi + network.row(0, cue);
  for (int i = int(blockIdx.y); i < rows; i += int(gridDim.y)) {
    const std::ptrdiff_t at = cue * network.pairs() + std::ptrdiff_t(first + i) * network.stride + column;
    network.synapse[0][at] =
        inverse(kernel[std::ptrdiff_t(i) * network.stride + column], network.model.gain_synapse, bound);
    network.process[0][at] = inverse(-phi[first + i] * phi[column], network.model.gain_process, bound);
  }
}

}  // namespace

int energy_blocks(int neurons) { return neurons < 1024 ? neurons : 1024; }

template <class Real>
void sum_energy(const Network<Real>& network, const AssociativeMemory<double>& model, const int* sides, double* part,
                double* energy, cudaStream_t stream) {
  const int parts = energy_blocks(network.neurons);
  elements_kernel<<<dim3(parts, network.cues), threads, 0, stream>>>(network, sides, part);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
  total_kernel<<<network.cues, threads, 0, stream>>>(network, model, part, parts, energy);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void fill_warm(const Network<Real>& network, int cue, int first, int rows, const Real* kernel, Real bound,
               cudaStream_t stream) {
  const dim3 grid(blocks_for(network.neurons, threads), rows < 65535 ? rows : 65535);
  fill_warm_kernel<<<grid, threads, 0, stream>>>(network, cue, first, rows, kernel, bound);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void sum_energy(const Network<float>&, const AssociativeMemory<double>&, const int*, double*, double*,
                         cudaStream_t);
template void sum_energy(const Network<double>&, const AssociativeMemory<double>&, const int*, double*, double*,
                         cudaStream_t);
template void fill_warm(const Network<float>&, int, int, int, const float*, float, cudaStream_t);
template void fill_warm(const Network<double>&, int, int, int, const double*, double, cudaStream_t);

}  // namespace tripartite::memory::cuda
