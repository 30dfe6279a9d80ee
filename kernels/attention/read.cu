#include "kernels/attention/calcium_step.cuh"
#include "kernels/attention/chebyshev.cuh"
#include "kernels/attention/read.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/reduction.cuh"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;
// Synapses of one column in a thread: they share every load of h. A Chebyshev sum per synapse leaves registers for
// fewer.
constexpr int plain_rows = 8;
constexpr int series_rows = 4;

/// float32: the reciprocal instruction, at most 2 units in the last place; p + floor is far below 2^126.
__device__ __forceinline__ float quotient(float a, float b) { return __fdividef(a, b); }
__device__ __forceinline__ double quotient(double a, double b) { return a / b; }

/// Where a thread's synapses are: `rows` rows of one column of one head. Past the end of rows or columns a thread goes
/// along with p = H = 0 and the last row's or column's drives.
template <int rows>
struct Place {
  int head, first_row, column;
  bool inside_columns;

  __device__ explicit Place(const Shape& shape)
      : head(blockIdx.z),
        first_row(blockIdx.y * rows),
        column(min(int(blockIdx.x * threads + threadIdx.x), shape.hidden - 1)),
        inside_columns(blockIdx.x * threads + threadIdx.x < unsigned(shape.hidden)) {}
  __device__ bool is_synapse(const Shape& shape, int r) const { return inside_columns && first_row + r < shape.width; }
  __device__ std::size_t synapse(const Shape& shape, int r) const {
    return (std::size_t(head) * shape.width + first_row + r) * shape.hidden + column;
  }
  __device__ std::size_t astrocyte(const Shape& shape, int r) const {
    return std::size_t(head) * shape.astrocytes + shape.astrocyte_of(min(first_row + r, shape.width - 1));
  }
  __device__ std::size_t neuron(const Shape& shape) const { return std::size_t(head) * shape.hidden + column; }
};

/// partial[block][row] = sum over the block's columns of H response, in an order fixed by the launch.
template <class Real, int rows>
__device__ __forceinline__ void reduce_rows(const ReadRun<Real>& run, const Place<rows>& place,
                                            const Real (&response)[rows]) {
  __shared__ Real warp_sums[threads / 32][rows];
#pragma unroll
  for (int r = 0; r < rows; ++r) {
    const Real current =
        place.is_synapse(run.shape, r) ? run.hebbian[place.synapse(run.shape, r)] * response[r] : Real(0);
    const Real sum = warp_sum(current);
    if (threadIdx.x % 32 == 0) warp_sums[threadIdx.x / 32][r] = sum;
  }
  __syncthreads();
  const int row = place.first_row + threadIdx.x;
  if (threadIdx.x >= rows || row >= run.shape.width) return;
  Real sum = 0;
  for (int warp = 0; warp < threads / 32; ++warp) sum += warp_sums[warp][threadIdx.x];
  run.partial[blockIdx.x * run.shape.output_neurons() + std::size_t(place.head) * run.shape.width + row] = sum;
}

template <class Real, class Step>
__global__ void __launch_bounds__(threads) read_steps_kernel(ReadRun<Real> run, CalciumSteps<Real> calcium) {
  constexpr int rows = plain_rows;
  const Shape& shape = run.shape;
  const Place<rows> place(shape);
  Real p[rows], gain[rows], response[rows] = {};
  const Real* global[rows];
#pragma unroll
  for (int r = 0; r < rows; ++r) {
    global[r] = calcium.global_calcium + place.astrocyte(shape, r);
    p[r] = gain[r] = 0;
    if (!place.is_synapse(shape, r)) continue;
    const std::size_t synapse = place.synapse(shape, r);
    p[r] = calcium.state.calcium[synapse];
    gain[r] = Step::gain(calcium.state.rate ? calcium.state.rate[synapse] : calcium.state.uniform_rate, calcium.dt,
                         calcium.exponential);
  }
  const Real* rates = run.hidden_stages + place.neuron(shape);
  for (int panel = 0; panel < calcium.panels; ++panel) {
    Real rate[Step::stages];
#pragma unroll
    for (int s = 0; s < Step::stages; ++s) {
      const std::size_t stage = std::size_t(panel) * Step::stages + s;
      rate[s] = run.weight[stage] * rates[stage * shape.hidden_neurons()];
    }
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      Real drive[Step::stages], value[Step::stages];
#pragma unroll
      for (int s = 0; s < Step::stages; ++s)
        drive[s] = global[r][(std::size_t(panel) * Step::stages + s) * shape.all_astrocytes()];
      Step::advance(drive, gain[r], p[r], value);
#pragma unroll
      for (int s = 0; s < Step::stages; ++s) response[r] += quotient(rate[s], value[s] + run.floor);
    }
  }
#pragma unroll
  for (int r = 0; r < rows; ++r)
    if (place.is_synapse(shape, r)) calcium.state.calcium[place.synapse(shape, r)] = p[r];
  reduce_rows(run, place, response);
}

/// `Series`: synapses have rates of their own.
template <class Real, bool Series>
__global__ void __launch_bounds__(threads) read_exact_kernel(ReadRun<Real> run, ExactCalcium<Real> calcium) {
  constexpr int rows = Series ? series_rows : plain_rows;
  const Shape& shape = run.shape;
  const Place<rows> place(shape);
  Real p[rows], rate[rows], response[rows] = {};
  const Real* series[rows];
#pragma unroll
  for (int r = 0; r < rows; ++r) {
    series[r] = calcium.series + place.astrocyte(shape, r) * calcium.nodes.count;
    p[r] = rate[r] = 0;
    if (!place.is_synapse(shape, r)) continue;
    p[r] = calcium.state.calcium[place.synapse(shape, r)];
    if constexpr (Series) rate[r] = calcium.state.rate[place.synapse(shape, r)];
  }
  const Real* rates = run.hidden_stages + place.neuron(shape);
  const std::size_t series_stride = shape.all_astrocytes() * calcium.nodes.count;
  for (int stage = 0; stage < run.stages; ++stage) {
    const Real weighted = run.weight[stage] * rates[std::size_t(stage) * shape.hidden_neurons()];
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      const Real* terms = series[r] + stage * series_stride;
      Real now;
      if constexpr (Series)
        now = exp(-rate[r] * calcium.elapsed[stage]) * p[r] +
              chebyshev_sum(terms, calcium.nodes.count,
                            (rate[r] - calcium.nodes.center) * calcium.nodes.inverse_half_width);
      else
        now = calcium.decay[stage] * p[r] + terms[0];
      response[r] += quotient(weighted, now + run.floor);
    }
  }
  reduce_rows(run, place, response);
}

/// Thread: one output neuron.
template <class Real>
__global__ void read_output_kernel(ReadRun<Real> run, int partials) {
  const std::size_t neurons = run.shape.output_neurons();
  const std::size_t neuron = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (neuron >= neurons) return;
  Real sum = 0;
  for (int block = 0; block < partials; ++block) sum += run.partial[block * neurons + neuron];
  run.output[neuron] = run.output_decay * run.output[neuron] + sum;
}

template <class Real>
dim3 read_grid(const ReadRun<Real>& run, int rows) {
  return dim3(read_partials(run.shape.hidden), blocks_for(run.shape.width, rows), run.shape.heads);
}

template <class Real>
void launch_read_output(const ReadRun<Real>& run, cudaStream_t stream) {
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
  read_output_kernel<<<blocks_for(run.shape.output_neurons(), threads), threads, 0, stream>>>(
      run, read_partials(run.shape.hidden));
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

}  // namespace

int read_partials(int hidden) { return int(blocks_for(hidden, threads)); }

template <class Real>
void launch_read_steps(const ReadRun<Real>& run, const CalciumSteps<Real>& calcium, int stages_per_panel,
                       cudaStream_t stream) {
  if (run.shape.synapses() == 0 || run.stages == 0) return;
  if (stages_per_panel == 1)
    read_steps_kernel<Real, HeldStep<Real>><<<read_grid(run, plain_rows), threads, 0, stream>>>(run, calcium);
  else
    read_steps_kernel<Real, RungeKutta4Step<Real>><<<read_grid(run, plain_rows), threads, 0, stream>>>(run, calcium);
  launch_read_output(run, stream);
}

template <class Real>
void launch_read_exact(const ReadRun<Real>& run, const ExactCalcium<Real>& calcium, cudaStream_t stream) {
  if (run.shape.synapses() == 0 || run.stages == 0) return;
  if (calcium.nodes.count > 1)
    read_exact_kernel<Real, true><<<read_grid(run, series_rows), threads, 0, stream>>>(run, calcium);
  else
    read_exact_kernel<Real, false><<<read_grid(run, plain_rows), threads, 0, stream>>>(run, calcium);
  launch_read_output(run, stream);
}

template void launch_read_steps(const ReadRun<float>&, const CalciumSteps<float>&, int, cudaStream_t);
template void launch_read_steps(const ReadRun<double>&, const CalciumSteps<double>&, int, cudaStream_t);
template void launch_read_exact(const ReadRun<float>&, const ExactCalcium<float>&, cudaStream_t);
template void launch_read_exact(const ReadRun<double>&, const ExactCalcium<double>&, cudaStream_t);

}  // namespace tripartite::attention::cuda
