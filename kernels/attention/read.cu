#include "kernels/attention/calcium_step.cuh"
#include "kernels/attention/read.cuh"
#include "kernels/cuda_check.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr int many_rows = 8;  // in a thread; an astrocyte with fewer has them one by one

template <class Real, class Step, int Rows>
__global__ void __launch_bounds__(read_threads) read_steps_kernel(ReadRun<Real> run, CalciumSteps<Real> calcium) {
  const Shape& shape = run.shape;
  const Place<Rows> place(shape);
  Real p[Rows], gain[Rows], response[Rows] = {};
#pragma unroll
  for (int r = 0; r < Rows; ++r) {
    p[r] = gain[r] = 0;
    if (!place.is_synapse(r)) continue;
    const std::size_t synapse = place.synapse(shape, r);
    p[r] = calcium.state.calcium[synapse];
    gain[r] = Step::gain(calcium.state.rate ? calcium.state.rate[synapse] : calcium.state.uniform_rate, calcium.dt,
                         calcium.exponential);
  }
  const Real* rates = run.hidden_stages + place.neuron(shape);
  const Real* global = calcium.global_calcium + place.owner(shape);
  for (int panel = 0; panel < calcium.panels; ++panel) {
    Real rate[Step::stages], drive[Step::stages], value[Step::stages];
#pragma unroll
    for (int s = 0; s < Step::stages; ++s) {
      const std::size_t stage = std::size_t(panel) * Step::stages + s;
      rate[s] = run.weight[stage] * rates[stage * shape.hidden_neurons()];
      drive[s] = global[stage * shape.all_astrocytes()];
    }
#pragma unroll
    for (int r = 0; r < Rows; ++r) {
      Step::advance(drive, gain[r], p[r], value);
#pragma unroll
      for (int s = 0; s < Step::stages; ++s) response[r] += quotient(rate[s], value[s] + run.floor);
    }
  }
#pragma unroll
  for (int r = 0; r < Rows; ++r)
    if (place.is_synapse(r)) calcium.state.calcium[place.synapse(shape, r)] = p[r];
  reduce_rows(run, place, response);
}

/// Thread: one output neuron.
template <class Real>
__global__ void read_output_kernel(ReadRun<Real> run, int partials) {
  const std::size_t neurons = run.shape.output_neurons();
  const std::size_t neuron = std::size_t(blockIdx.x) * read_threads + threadIdx.x;
  if (neuron >= neurons) return;
  Real sum = 0;
  for (int block = 0; block < partials; ++block) sum += run.partial[block * neurons + neuron];
  run.output[neuron] = run.output_decay * run.output[neuron] + sum;
}

template <class Real, class Step>
void launch_steps(const ReadRun<Real>& run, const CalciumSteps<Real>& calcium, cudaStream_t stream) {
  if (run.shape.width / run.shape.astrocytes >= many_rows)
    read_steps_kernel<Real, Step, many_rows><<<read_grid(run, many_rows), read_threads, 0, stream>>>(run, calcium);
  else
    read_steps_kernel<Real, Step, 1><<<read_grid(run, 1), read_threads, 0, stream>>>(run, calcium);
}

}  // namespace

int read_partials(int hidden) { return int(blocks_for(hidden, read_threads)); }

template <class Real>
void launch_read_output(const ReadRun<Real>& run, cudaStream_t stream) {
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
  read_output_kernel<<<blocks_for(run.shape.output_neurons(), read_threads), read_threads, 0, stream>>>(
      run, read_partials(run.shape.hidden));
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_read_steps(const ReadRun<Real>& run, const CalciumSteps<Real>& calcium, int stages_per_panel,
                       cudaStream_t stream) {
  if (run.shape.synapses() == 0 || run.stages == 0) return;
  if (stages_per_panel == 1)
    launch_steps<Real, HeldStep<Real>>(run, calcium, stream);
  else
    launch_steps<Real, RungeKutta4Step<Real>>(run, calcium, stream);
  launch_read_output(run, stream);
}

template void launch_read_output(const ReadRun<float>&, cudaStream_t);
template void launch_read_output(const ReadRun<double>&, cudaStream_t);
template void launch_read_steps(const ReadRun<float>&, const CalciumSteps<float>&, int, cudaStream_t);
template void launch_read_steps(const ReadRun<double>&, const CalciumSteps<double>&, int, cudaStream_t);

}  // namespace tripartite::attention::cuda
