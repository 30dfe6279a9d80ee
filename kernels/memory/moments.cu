#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/memory/moments.hpp"
#include "kernels/reduction.cuh"

namespace tripartite::memory::cuda {
namespace {

template <class Real>
__global__ void advance_neurons_kernel(Network<Real> network, const CueTask<Real>* tasks, int known, bool is_last,
                                       NeuronNorms* norms) {
  const int i = int(blockIdx.x * blockDim.x + threadIdx.x);
  const CueTask<Real>& task = tasks[blockIdx.y];
  const StageWeights<Real>& weights = task.scheme.neuron;
  double rate_size = 0, square = 0;
  if (i < network.neurons) {
    const Real start = network.moment_neurons[network.row(0, task.cue) + i];
    Real change = 0, error = 0;
    for (int q = 0; q < known; ++q) {
      const std::ptrdiff_t at = network.row(q, task.cue) + i;
      const Real leaking = task.scheme.exact_leak ? start : network.moment_neurons[at];
      const Real rate = network.moment_current[at] + network.neuron_bias[i] - network.model.decay_neuron * leaking;
      change += (is_last ? weights.weight[q] : weights.stage[known][q]) * rate;
      error += weights.error[q] * rate;
      if (q == 0) rate_size = double(abs(rate) / (Real(1) + abs(start)));
    }
    const Real end = start + change;
    const std::ptrdiff_t to = network.row(known, task.cue) + i;
    network.moment_neurons[to] = end;
    network.moment_phi[to] = tanh(network.model.gain_neuron * end);
    const double scaled =
        double(error) / (double(task.scheme.tolerance) * (1 + max(abs(double(start)), abs(double(end)))));
    square = scaled * scaled;
  }
  if (!is_last) return;
  const double largest = block_max<neuron_block>(rate_size), sum = block_sum<neuron_block>(square);
  if (threadIdx.x == 0) norms[blockIdx.y * gridDim.x + blockIdx.x] = {largest, sum};
}

template <class Real>
__global__ void activate_kernel(Network<Real> network) {
  const int i = int(blockIdx.x * blockDim.x + threadIdx.x);
  const std::ptrdiff_t at = network.row(0, int(blockIdx.y)) + i;
  if (i < network.neurons) network.moment_phi[at] = tanh(network.model.gain_neuron * network.moment_neurons[at]);
}

template <class Real>
__global__ void gather_currents_kernel(Network<Real> network, const CueTask<Real>* tasks, int moment,
                                       const Real* currents, int all_squares) {
  const int i = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= network.neurons) return;
  double sum = 0;
  for (int square = 0; square < all_squares; ++square)
    sum += double(currents[(std::ptrdiff_t(blockIdx.y) * all_squares + square) * network.stride + i]);
  network.moment_current[network.row(moment, tasks[blockIdx.y].cue) + i] = Real(sum);
}

template <class Real>
__global__ void gather_projections_kernel(Network<Real> network, const CueTask<Real>* tasks, int moment,
                                          const double* projections, int panels) {
  const int mu = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (mu >= network.pattern_stride) return;
  double sum = 0;
  for (int panel = 0; panel < panels && mu < network.patterns; ++panel)
    sum += projections[(std::ptrdiff_t(panel) * gridDim.y + blockIdx.y) * network.pattern_stride + mu];
  network.projection(moment, tasks[blockIdx.y].cue)[mu] = sum;
}

/// A block per task.
template <class Real>
__global__ void gather_norms_kernel(Network<Real> network, const SquareNorms* all_squares, int square_count,
                                    const NeuronNorms* all_neurons, int neuron_blocks, double2* to) {
  const SquareNorms* square = all_squares + std::ptrdiff_t(blockIdx.x) * square_count;
  const NeuronNorms* neuron = all_neurons + std::ptrdiff_t(blockIdx.x) * neuron_blocks;
  double rate = 0, neuron_error = 0, synapse_error = 0, process_error = 0;
  for (int i = int(threadIdx.x); i < square_count; i += int(blockDim.x)) {
    rate = max(rate, square[i].rate);
    synapse_error += square[i].synapse_error;
    process_error += square[i].process_error;
  }
  for (int i = int(threadIdx.x); i < neuron_blocks; i += int(blockDim.x)) {
    rate = max(rate, neuron[i].rate);
    neuron_error += neuron[i].error;
  }
  rate = block_max<neuron_block>(rate);
  neuron_error = block_sum<neuron_block>(neuron_error) / network.neurons;
  const double pairs = double(network.neurons) * network.neurons;
  synapse_error = block_sum<neuron_block>(synapse_error) / pairs;
  process_error = block_sum<neuron_block>(process_error) / pairs;
  if (threadIdx.x != 0) return;
  // Each comparison keeps a sum that is not a number.
  double largest = neuron_error;
  if (!(synapse_error <= largest)) largest = synapse_error;
  if (!(process_error <= largest)) largest = process_error;
  to[blockIdx.x] = {rate, sqrt(largest)};
}

template <class Real>
__global__ void accept_kernel(Network<Real> network, const CueTask<Real>* tasks, int from,
                              const unsigned char* is_accepted) {
  if (is_accepted != nullptr && is_accepted[blockIdx.y] == 0) return;
  const int cue = tasks[blockIdx.y].cue, i = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < network.neurons) {
    const std::ptrdiff_t old = network.row(from, cue) + i, present = network.row(0, cue) + i;
    network.moment_neurons[present] = network.moment_neurons[old];
    network.moment_phi[present] = network.moment_phi[old];
    network.moment_current[present] = network.moment_current[old];
  }
  if (i < network.patterns) network.projection(0, cue)[i] = network.projection(from, cue)[i];
}

template <class Real>
__global__ void find_kernel(Network<Real> network, int* first) {
  const int i = int(blockIdx.x * blockDim.x + threadIdx.x), cue = int(blockIdx.y);
  if (i >= network.neurons) return;
  const std::ptrdiff_t at = network.row(0, cue) + i;
  if (!isfinite(network.moment_neurons[at]) || !isfinite(network.moment_current[at])) atomicMin(first + cue, i);
}

template <class Real>
__global__ void reset_kernel(Network<Real> network, int* first) {
  const int cue = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (cue < network.cues) first[cue] = network.neurons;
}

unsigned blocks_of(int neurons) { return blocks_for(neurons, neuron_block); }

}  // namespace

template <class Real>
void advance_neurons(const Network<Real>& network, const CueTask<Real>* tasks, int count, int known, bool is_last,
                     NeuronNorms* norms, cudaStream_t stream) {
  advance_neurons_kernel<<<dim3(blocks_of(network.neurons), count), neuron_block, 0, stream>>>(network, tasks, known,
                                                                                               is_last, norms);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void activate_neurons(const Network<Real>& network, cudaStream_t stream) {
  activate_kernel<<<dim3(blocks_of(network.neurons), network.cues), neuron_block, 0, stream>>>(network);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void gather_moment(const Network<Real>& network, const CueTask<Real>* tasks, int count, int moment,
                   const Real* currents, const double* projections, int panels, cudaStream_t stream) {
  gather_currents_kernel<<<dim3(blocks_of(network.neurons), count), neuron_block, 0, stream>>>(
      network, tasks, moment, currents, squares(network.neurons));
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
  if (network.patterns == 0) return;
  gather_projections_kernel<<<dim3(blocks_of(network.pattern_stride), count), neuron_block, 0, stream>>>(
      network, tasks, moment, projections, panels);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void gather_norms(const Network<Real>& network, int count, const SquareNorms* all_squares, const NeuronNorms* neurons,
                  double2* to, cudaStream_t stream) {
  const int edge = squares(network.neurons);
  gather_norms_kernel<<<count, neuron_block, 0, stream>>>(network, all_squares, edge * edge, neurons,
                                                          int(blocks_of(network.neurons)), to);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void accept_moment(const Network<Real>& network, const CueTask<Real>* tasks, int count, int from,
                   const unsigned char* is_accepted, cudaStream_t stream) {
  const int items = network.neurons > network.patterns ? network.neurons : network.patterns;
  accept_kernel<<<dim3(blocks_of(items), count), neuron_block, 0, stream>>>(network, tasks, from, is_accepted);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void find_not_finite(const Network<Real>& network, int* first, cudaStream_t stream) {
  reset_kernel<<<blocks_of(network.cues), neuron_block, 0, stream>>>(network, first);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
  find_kernel<<<dim3(blocks_of(network.neurons), network.cues), neuron_block, 0, stream>>>(network, first);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

#define TRIPARTITE_INSTANTIATE(Real)                                                                                 \
  template void advance_neurons(const Network<Real>&, const CueTask<Real>*, int, int, bool, NeuronNorms*,            \
                                cudaStream_t);                                                                       \
  template void activate_neurons(const Network<Real>&, cudaStream_t);                                                \
  template void gather_moment(const Network<Real>&, const CueTask<Real>*, int, int, const Real*, const double*, int, \
                              cudaStream_t);                                                                         \
  template void gather_norms(const Network<Real>&, int, const SquareNorms*, const NeuronNorms*, double2*,            \
                             cudaStream_t);                                                                          \
  template void accept_moment(const Network<Real>&, const CueTask<Real>*, int, int, const unsigned char*,            \
                              cudaStream_t);                                                                         \
  template void find_not_finite(const Network<Real>&, int*, cudaStream_t);
TRIPARTITE_INSTANTIATE(float)
TRIPARTITE_INSTANTIATE(double)
#undef TRIPARTITE_INSTANTIATE

}  // namespace tripartite::memory::cuda
