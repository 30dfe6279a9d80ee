#include "kernels/attention/calcium_step.cuh"
#include "kernels/attention/read.cuh"
#include "kernels/cuda_check.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr int many_rows = 8;       // in a thread; an astrocyte with fewer has them one by one
constexpr int shared_columns = 4;  // in a thread, read_threads apart

/// Synapses share p. Thread: some rows of one astrocyte in four columns.
template <class Real, int Rows>
__global__ void __launch_bounds__(read_threads) read_shared_kernel(ReadRun<Real> run, const Real* responses) {
  const Shape& shape = run.shape;
  const Place<Rows> place(shape);
  if (place.rows < 1) return;
  const int first = blockIdx.x * (read_threads * shared_columns) + threadIdx.x;
  const Real* response = responses + place.owner(shape) * shape.hidden;
  const Real* hebbian = run.hebbian + (std::size_t(place.head) * shape.width + place.first_row) * shape.hidden;
  const Real* row[Rows];
#pragma unroll
  for (int r = 0; r < Rows; ++r)  // those past the end repeat the last one, and nobody asks for them
    row[r] = hebbian + std::size_t(min(r, place.rows - 1)) * shape.hidden;
  Real current[Rows] = {};
#pragma unroll
  for (int c = 0; c < shared_columns; ++c) {
    const int j = min(first + c * read_threads, shape.hidden - 1);
    const Real each = first + c * read_threads < shape.hidden ? response[j] : Real(0);
#pragma unroll
    for (int r = 0; r < Rows; ++r) current[r] += row[r][j] * each;
  }
  reduce_rows(run, place, current);
}

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
    gain[r] = Step::gain(calcium.state.rate[synapse], calcium.dt, calcium.exponential);
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
  reduce_responses(run, place, response);
}

/// Thread: one output neuron.
template <class Real>
__global__ void read_output_kernel(ReadRun<Real> run, unsigned partials) {
  const std::size_t neurons = run.shape.output_neurons();
  const std::size_t neuron = std::size_t(blockIdx.x) * read_threads + threadIdx.x;
  if (neuron >= neurons) return;
  Real sum = 0;
  for (unsigned block = 0; block < partials; ++block) sum += run.partial[block * neurons + neuron];
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
void launch_read_output(const ReadRun<Real>& run, unsigned partials, cudaStream_t stream) {
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
  read_output_kernel<<<blocks_for(run.shape.output_neurons(), read_threads), read_threads, 0, stream>>>(run, partials);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_read_shared(const ReadRun<Real>& run, const Real* responses, cudaStream_t stream) {
  if (run.shape.synapses() == 0 || run.stages == 0) return;
  const bool has_many_rows = run.shape.width / run.shape.astrocytes >= many_rows;
  const dim3 grid = read_grid(run, has_many_rows ? many_rows : 1, shared_columns);
  if (has_many_rows)
    read_shared_kernel<Real, many_rows><<<grid, read_threads, 0, stream>>>(run, responses);
  else
    read_shared_kernel<Real, 1><<<grid, read_threads, 0, stream>>>(run, responses);
  launch_read_output(run, grid.x, stream);
}

template <class Real>
void launch_read_steps(const ReadRun<Real>& run, const CalciumSteps<Real>& calcium, int stages_per_panel,
                       cudaStream_t stream) {
  if (run.shape.synapses() == 0 || run.stages == 0) return;
  if (stages_per_panel == 1)
    launch_steps<Real, HeldStep<Real>>(run, calcium, stream);
  else
    launch_steps<Real, RungeKutta4Step<Real>>(run, calcium, stream);
  launch_read_output(run, read_grid(run, 1).x, stream);
}

template void launch_read_output(const ReadRun<float>&, unsigned, cudaStream_t);
template void launch_read_output(const ReadRun<double>&, unsigned, cudaStream_t);
template void launch_read_shared(const ReadRun<float>&, const float*, cudaStream_t);
template void launch_read_shared(const ReadRun<double>&, const double*, cudaStream_t);
template void launch_read_steps(const ReadRun<float>&, const CalciumSteps<float>&, int, cudaStream_t);
template void launch_read_steps(const ReadRun<double>&, const CalciumSteps<double>&, int, cudaStream_t);

}  // namespace tripartite::attention::cuda
