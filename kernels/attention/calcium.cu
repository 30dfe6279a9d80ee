#include "kernels/attention/calcium_step.cuh"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;
constexpr int columns = 4;  // synapses of one row in a thread: they share every load of G

/// Thread: four synapses of one row in registers for all panels.
template <class Real, class Step>
__global__ void __launch_bounds__(threads) calcium_steps_kernel(Shape shape, CalciumSteps<Real> run) {
  const int first = blockIdx.x * (threads * columns) + threadIdx.x;
  const int row = blockIdx.y;
  const int head = blockIdx.z;
  const std::size_t row_start = (std::size_t(head) * shape.width + row) * shape.hidden;
  const std::size_t owner = std::size_t(head) * shape.astrocytes + shape.astrocyte_of(row);

  Real p[columns], gain[columns];
#pragma unroll
  for (int c = 0; c < columns; ++c) {
    p[c] = gain[c] = 0;  // past the end of the row: goes along, is not stored
    if (first + c * threads >= shape.hidden) continue;
    const std::size_t synapse = row_start + first + c * threads;
    p[c] = run.state.calcium[synapse];
    gain[c] = Step::gain(run.state.rate[synapse], run.dt, run.exponential);
  }
  for (int panel = 0; panel < run.panels; ++panel) {
    Real global[Step::stages], value[Step::stages];
#pragma unroll
    for (int s = 0; s < Step::stages; ++s)
      global[s] = run.global_calcium[std::size_t(panel * Step::stages + s) * shape.all_astrocytes() + owner];
#pragma unroll
    for (int c = 0; c < columns; ++c) Step::advance(global, gain[c], p[c], value);
  }
#pragma unroll
  for (int c = 0; c < columns; ++c)
    if (first + c * threads < shape.hidden) run.state.calcium[row_start + first + c * threads] = p[c];
}

}  // namespace

template <class Real>
void launch_calcium_steps(const Shape& shape, const CalciumSteps<Real>& run, int stages_per_panel,
                          cudaStream_t stream) {
  if (shape.synapses() == 0 || run.panels == 0) return;
  const dim3 grid(blocks_for(shape.hidden, threads * columns), shape.width, shape.heads);
  if (stages_per_panel == 1)
    calcium_steps_kernel<Real, HeldStep<Real>><<<grid, threads, 0, stream>>>(shape, run);
  else
    calcium_steps_kernel<Real, RungeKutta4Step<Real>><<<grid, threads, 0, stream>>>(shape, run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_calcium_steps(const Shape&, const CalciumSteps<float>&, int, cudaStream_t);
template void launch_calcium_steps(const Shape&, const CalciumSteps<double>&, int, cudaStream_t);

}  // namespace tripartite::attention::cuda
