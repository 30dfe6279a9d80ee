#include "kernels/attention/chebyshev.cuh"
#include "kernels/attention/scheme.cuh"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;
constexpr int stages = 12;

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
__global__ void series_kernel(ResponseRun<Real> run, int times) {
  const int nodes = run.nodes.count;
  const std::size_t astrocytes = run.shape.all_astrocytes();
  const std::size_t index = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (index >= std::size_t(times) * astrocytes * nodes) return;
  const int k = int(index % nodes);
  const std::size_t owner = index / nodes % astrocytes;
  const std::size_t time = index / nodes / astrocytes;
  Real sum = 0;
  for (int node = 0; node < nodes; ++node)
    sum += run.transform[k * nodes + node] * run.values[(time * nodes + node) * astrocytes + owner];
  run.series[index] = sum;
}

/// Thread: one synapse.
template <class Real>
__global__ void calcium_end_kernel(Shape shape, CalciumEnd<Real> run) {
  const int j = blockIdx.x * threads + threadIdx.x;
  if (j >= shape.hidden) return;
  const int row = blockIdx.y;
  const int head = blockIdx.z;
  const std::size_t synapse = (std::size_t(head) * shape.width + row) * shape.hidden + j;
  const Real* series = run.series + (std::size_t(head) * shape.astrocytes + shape.astrocyte_of(row)) * run.nodes.count;
  Real decay = run.decay;
  Real response = series[0];
  if (run.nodes.count > 1) {
    const Real rate = run.state.rate[synapse];
    decay = exp(-rate * run.duration);
    response = chebyshev_sum(series, run.nodes.count, (rate - run.nodes.center) * run.nodes.inverse_half_width);
  }
  run.state.calcium[synapse] = decay * run.state.calcium[synapse] + response;
}

}  // namespace

template <class Real>
void launch_response(const ResponseRun<Real>& run, cudaStream_t stream) {
  const std::size_t astrocytes = run.shape.all_astrocytes();
  if (astrocytes == 0 || run.panels.count == 0) return;
  response_kernel<<<dim3(blocks_for(astrocytes, threads), run.nodes.count), threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
  const int times = response_times(run.panels.count, run.first_panel);
  series_kernel<<<blocks_for(times * astrocytes * run.nodes.count, threads), threads, 0, stream>>>(run, times);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_calcium_end(const Shape& shape, const CalciumEnd<Real>& run, cudaStream_t stream) {
  if (shape.synapses() == 0) return;
  const dim3 grid(blocks_for(shape.hidden, threads), shape.width, shape.heads);
  calcium_end_kernel<<<grid, threads, 0, stream>>>(shape, run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_response(const ResponseRun<float>&, cudaStream_t);
template void launch_response(const ResponseRun<double>&, cudaStream_t);
template void launch_calcium_end(const Shape&, const CalciumEnd<float>&, cudaStream_t);
template void launch_calcium_end(const Shape&, const CalciumEnd<double>&, cudaStream_t);

}  // namespace tripartite::attention::cuda
