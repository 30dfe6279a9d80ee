#include "kernels/attention/chebyshev.cuh"
#include "kernels/attention/read.cuh"
#include "kernels/cuda_check.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr int series_rows = 4;  // in a thread; an astrocyte with fewer has them one by one
template <class Real>
constexpr int times = 32 / sizeof(Real);  // stages whose series are summed at once

/// Thread: some rows in one column, the sum over stages of each in a register.
template <class Real, int Rows>
__global__ void __launch_bounds__(read_threads) read_series_kernel(ReadRun<Real> run, ExactCalcium<Real> calcium) {
  const Shape& shape = run.shape;
  const Place<Rows> place(shape);
  Real p[Rows], rate[Rows], x[Rows], response[Rows] = {};
  if (place.rows < 1) return;
#pragma unroll
  for (int r = 0; r < Rows; ++r) {  // those past the end repeat the last one, and nobody asks for them
    const std::size_t synapse = place.synapse(shape, min(r, place.rows - 1));
    p[r] = calcium.state.calcium[synapse];
    rate[r] = calcium.state.rate[synapse];
    x[r] = (log(rate[r]) - calcium.nodes.log_center) * calcium.nodes.inverse_half_width;
  }
  const Real* rates = run.hidden_stages + place.neuron(shape);
  const Real* series = calcium.series + place.owner(shape) * calcium.nodes.count * calcium.stride;
  for (int first = 0; first < run.stages; first += times<Real>) {
    Real level[Rows][times<Real>];
#pragma unroll
    for (int t = 0; t < times<Real>; ++t) {
      const Real elapsed = calcium.elapsed[min(first + t, run.stages - 1)];
#pragma unroll
      for (int r = 0; r < Rows; ++r) level[r][t] = exp(-rate[r] * elapsed) * p[r] + run.floor;
    }
    add_chebyshev_sums(series + first, calcium.stride, calcium.nodes.count, x, level);
#pragma unroll
    for (int t = 0; t < times<Real>; ++t) {
      const int stage = min(first + t, run.stages - 1);
      const Real weight = first + t < run.stages ? run.weight[stage] : Real(0);
      const Real weighted = weight * rates[std::size_t(stage) * shape.hidden_neurons()];
#pragma unroll
      for (int r = 0; r < Rows; ++r) response[r] += quotient(weighted, level[r][t]);
    }
  }
  reduce_responses(run, place, response);
}

}  // namespace

template <class Real>
void launch_read_series(const ReadRun<Real>& run, const ExactCalcium<Real>& calcium, cudaStream_t stream) {
  if (run.shape.synapses() == 0 || run.stages == 0) return;
  if (run.shape.width / run.shape.astrocytes >= series_rows)
    read_series_kernel<Real, series_rows><<<read_grid(run, series_rows), read_threads, 0, stream>>>(run, calcium);
  else
    read_series_kernel<Real, 1><<<read_grid(run, 1), read_threads, 0, stream>>>(run, calcium);
  launch_read_output(run, read_grid(run, 1).x, stream);
}

template void launch_read_series(const ReadRun<float>&, const ExactCalcium<float>&, cudaStream_t);
template void launch_read_series(const ReadRun<double>&, const ExactCalcium<double>&, cudaStream_t);

}  // namespace tripartite::attention::cuda
