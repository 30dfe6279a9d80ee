#include "kernels/attention/chebyshev.cuh"
#include "kernels/attention/propagate.hpp"
#include "kernels/attention/scheme.cuh"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;
constexpr int stages = 12;
constexpr int columns = 4;

/// Thread: one node of one astrocyte through all panels.
template <class Real>
__global__ void response_kernel(ResponseRun<Real> run) {
  const std::size_t astrocytes = run.shape.all_astrocytes();
  const std::size_t owner = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (owner >= astrocytes) return;
  const int node = blockIdx.y;
  const auto* schemes = reinterpret_cast<const Scheme<Real, stages>*>(run.schemes) + std::size_t(node) * run.kinds;
  Real* values = run.values + node * astrocytes + owner;
  const std::size_t time_stride = run.nodes.count * astrocytes;
  Real response = 0;
  for (int panel = 0; panel < run.panels.count; ++panel) {
    const auto& scheme = schemes[run.panels.kind[panel]];
    Real drive[stages];
#pragma unroll
    for (int s = 0; s < stages; ++s)
      drive[s] = run.global_calcium[(std::size_t(panel) * stages + s) * astrocytes + owner];
    if (panel >= run.first_panel) {
      Real value[stages];
      at_stages(scheme, drive, response, value);
#pragma unroll
      for (int s = 0; s < stages; ++s, values += time_stride) *values = value[s];
    }
    response = after(scheme, drive, response);
  }
  *values = response;
}

/// Thread: one coefficient of the series of one astrocyte at one time.
template <class Real>
__global__ void series_kernel(ResponseRun<Real> run, int times, int stride) {
  const int nodes = run.nodes.count;
  const std::size_t astrocytes = run.shape.all_astrocytes();
  const std::size_t index = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (index >= std::size_t(stride) * astrocytes * nodes) return;
  const std::size_t time = index % stride;
  const int k = int(index / stride % nodes);
  const std::size_t owner = index / stride / nodes;
  Real sum = 0;
  for (int node = 0; node < nodes && time < std::size_t(times); ++node)
    sum += run.transform[k * nodes + node] * run.values[(time * nodes + node) * astrocytes + owner];
  run.series[index] = sum;
}

/// Thread: four synapses of one row, which share the load of every term of their astrocyte's series.
template <class Real>
__global__ void __launch_bounds__(threads) calcium_end_kernel(Shape shape, CalciumEnd<Real> run) {
  const int first = blockIdx.x * (threads * columns) + threadIdx.x;
  const int row = blockIdx.y;
  const int head = blockIdx.z;
  const std::size_t row_start = (std::size_t(head) * shape.width + row) * shape.hidden;
  const std::size_t owner = std::size_t(head) * shape.astrocytes + shape.astrocyte_of(row);
  const Real* series = run.series + owner * run.nodes.count * run.stride;
  Real decay[columns], response[columns], x[columns];
#pragma unroll
  for (int c = 0; c < columns; ++c) {
    const int j = first + c * threads;
    const Real rate = run.state.rate[row_start + (j < shape.hidden ? j : 0)];
    decay[c] = exp(-rate * run.duration);
    x[c] = (log(rate) - run.nodes.log_center) * run.nodes.inverse_half_width;
  }
  chebyshev_sums(series, run.stride, run.nodes.count, x, response);
#pragma unroll
  for (int c = 0; c < columns; ++c) {
    const int j = first + c * threads;
    if (j < shape.hidden) run.state.calcium[row_start + j] = decay[c] * run.state.calcium[row_start + j] + response[c];
  }
}

}  // namespace

template <class Real>
void launch_response(const ResponseRun<Real>& run, cudaStream_t stream) {
  const std::size_t astrocytes = run.shape.all_astrocytes();
  if (astrocytes == 0 || run.panels.count == 0) return;
  response_kernel<<<dim3(blocks_for(astrocytes, threads), run.nodes.count), threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
  const int times = response_times(run.panels.count, run.first_panel);
  const int stride = series_stride(times);
  series_kernel<<<blocks_for(stride * astrocytes * run.nodes.count, threads), threads, 0, stream>>>(run, times, stride);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_calcium_end(const Shape& shape, const CalciumEnd<Real>& run, cudaStream_t stream) {
  if (shape.synapses() == 0) return;
  const dim3 grid(blocks_for(shape.hidden, threads * columns), shape.width, shape.heads);
  calcium_end_kernel<<<grid, threads, 0, stream>>>(shape, run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_response(const ResponseRun<float>&, cudaStream_t);
template void launch_response(const ResponseRun<double>&, cudaStream_t);
template void launch_calcium_end(const Shape&, const CalciumEnd<float>&, cudaStream_t);
template void launch_calcium_end(const Shape&, const CalciumEnd<double>&, cudaStream_t);

}  // namespace tripartite::attention::cuda
