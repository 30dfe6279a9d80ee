#include "kernels/attention/chebyshev.cuh"
#include "kernels/attention/read.cuh"
#include "kernels/cuda_check.hpp"

namespace tripartite::attention::cuda {
namespace {

// Rows in a thread; a Chebyshev sum per synapse leaves registers for fewer. An astrocyte with fewer has them one by
// one.
constexpr int many_rows = 8;
constexpr int series_rows = 4;

/// All synapses have one calcium rate.
template <class Real, int Rows>
__global__ void __launch_bounds__(read_threads) read_exact_kernel(ReadRun<Real> run, ExactCalcium<Real> calcium) {
  const Shape& shape = run.shape;
  const Place<Rows> place(shape);
  Real p[Rows], response[Rows] = {};
#pragma unroll
  for (int r = 0; r < Rows; ++r) p[r] = place.is_synapse(r) ? calcium.state.calcium[place.synapse(shape, r)] : Real(0);
  const Real* rates = run.hidden_stages + place.neuron(shape);
  const Real* responses = calcium.series + place.owner(shape);
#pragma unroll 2
  for (int stage = 0; stage < run.stages; ++stage) {
    const Real rate = run.weight[stage] * rates[std::size_t(stage) * shape.hidden_neurons()];
    const Real decay = calcium.decay[stage];
    const Real raised = responses[stage * shape.all_astrocytes()] + run.floor;
#pragma unroll
    for (int r = 0; r < Rows; ++r) response[r] += quotient(rate, decay * p[r] + raised);
  }
  reduce_rows(run, place, response);
}

/// Every synapse has a calcium rate of its own.
template <class Real, int Rows>
__global__ void __launch_bounds__(read_threads) read_series_kernel(ReadRun<Real> run, ExactCalcium<Real> calcium) {
  const Shape& shape = run.shape;
  const Place<Rows> place(shape);
  Real p[Rows], rate[Rows], x[Rows], response[Rows] = {};
#pragma unroll
  for (int r = 0; r < Rows; ++r) {
    p[r] = x[r] = rate[r] = 0;
    if (!place.is_synapse(r)) continue;
    p[r] = calcium.state.calcium[place.synapse(shape, r)];
    rate[r] = calcium.state.rate[place.synapse(shape, r)];
    x[r] = (log(rate[r]) - calcium.nodes.log_center) * calcium.nodes.inverse_half_width;
  }
  const Real* rates = run.hidden_stages + place.neuron(shape);
  const Real* series = calcium.series + place.owner(shape) * calcium.nodes.count;
  const std::size_t series_stride = shape.all_astrocytes() * calcium.nodes.count;
  for (int stage = 0; stage < run.stages; ++stage, series += series_stride) {
    const Real weighted = run.weight[stage] * rates[std::size_t(stage) * shape.hidden_neurons()];
    const Real elapsed = calcium.elapsed[stage];
    Real raised[Rows];
    chebyshev_sums(series, calcium.nodes.count, x, raised);
#pragma unroll
    for (int r = 0; r < Rows; ++r)
      response[r] += quotient(weighted, exp(-rate[r] * elapsed) * p[r] + raised[r] + run.floor);
  }
  reduce_rows(run, place, response);
}

}  // namespace

template <class Real>
void launch_read_exact(const ReadRun<Real>& run, const ExactCalcium<Real>& calcium, cudaStream_t stream) {
  if (run.shape.synapses() == 0 || run.stages == 0) return;
  const int rows_each = run.shape.width / run.shape.astrocytes;
  if (calcium.nodes.count > 1 && rows_each >= series_rows)
    read_series_kernel<Real, series_rows><<<read_grid(run, series_rows), read_threads, 0, stream>>>(run, calcium);
  else if (calcium.nodes.count > 1)
    read_series_kernel<Real, 1><<<read_grid(run, 1), read_threads, 0, stream>>>(run, calcium);
  else if (rows_each >= many_rows)
    read_exact_kernel<Real, many_rows><<<read_grid(run, many_rows), read_threads, 0, stream>>>(run, calcium);
  else
    read_exact_kernel<Real, 1><<<read_grid(run, 1), read_threads, 0, stream>>>(run, calcium);
  launch_read_output(run, stream);
}

template void launch_read_exact(const ReadRun<float>&, const ExactCalcium<float>&, cudaStream_t);
template void launch_read_exact(const ReadRun<double>&, const ExactCalcium<double>&, cudaStream_t);

}  // namespace tripartite::attention::cuda
