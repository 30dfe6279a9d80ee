#include "kernels/attention/gather.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/reduction.cuh"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;

/// Warp: one stage of one astrocyte. Stages are independent of each other, for the recurrence is in the deposits.
template <class Real>
__global__ void global_calcium_kernel(GlobalCalciumRun<Real> run) {
  const int stage = blockIdx.x * (threads / 32) + threadIdx.x / 32;
  if (stage >= run.stages) return;
  const int astrocyte = blockIdx.y;
  const int head = blockIdx.z;
  const int lane = threadIdx.x % 32;
  const std::size_t owner = std::size_t(head) * run.shape.astrocytes + astrocyte;
  const Real rows = Real(run.shape.rows_of(astrocyte));
  const Real decay = run.store_decay[stage];
  const std::size_t row = (std::size_t(stage) * run.shape.heads + head) * run.shape.hidden;
  const Real* columns = run.columns + owner * run.shape.hidden;
  const Real* factor = run.factor ? run.factor + owner * run.shape.hidden : nullptr;
  Real sum = 0;
  for (int j = lane; j < run.shape.hidden; j += 32) {
    Real stored = decay * columns[j];
    if (run.deposit_stages != nullptr) stored += (factor ? factor[j] : rows) * run.deposit_stages[row + j];
    sum += stored * run.hidden_stages[row + j];
  }
  sum = warp_sum(sum);
  if (lane == 0) run.global_calcium[stage * run.shape.all_astrocytes() + owner] = sum / rows;
}

/// Thread: one column of one astrocyte.
template <class Real>
__global__ void columns_kernel(ColumnRun<Real> run) {
  const int j = blockIdx.x * threads + threadIdx.x;
  if (j >= run.shape.hidden) return;
  const int astrocyte = blockIdx.y;
  const int head = blockIdx.z;
  const std::size_t column = (std::size_t(head) * run.shape.astrocytes + astrocyte) * run.shape.hidden + j;
  Real sum = run.decay * run.columns[column];
  if (run.deposit != nullptr)
    sum += (run.factor ? run.factor[column] : Real(run.shape.rows_of(astrocyte))) *
           run.deposit[std::size_t(head) * run.shape.hidden + j];
  run.columns[column] = sum;
}

template <class Real>
__global__ void frame_kernel(int probes, const Real* const* sources, Real* frame) {
  const int probe = blockIdx.x * threads + threadIdx.x;
  if (probe < probes) frame[probe] = *sources[probe];
}

}  // namespace

template <class Real>
void launch_global_calcium(const GlobalCalciumRun<Real>& run, cudaStream_t stream) {
  if (run.shape.all_astrocytes() == 0 || run.stages == 0) return;
  const dim3 grid(blocks_for(run.stages, threads / 32), run.shape.astrocytes, run.shape.heads);
  global_calcium_kernel<<<grid, threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_columns(const ColumnRun<Real>& run, cudaStream_t stream) {
  if (run.shape.all_astrocytes() == 0 || run.shape.hidden == 0) return;
  const dim3 grid(blocks_for(run.shape.hidden, threads), run.shape.astrocytes, run.shape.heads);
  columns_kernel<<<grid, threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_frame(int probes, const Real* const* sources, Real* frame, cudaStream_t stream) {
  if (probes == 0) return;
  frame_kernel<<<blocks_for(probes, threads), threads, 0, stream>>>(probes, sources, frame);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_global_calcium(const GlobalCalciumRun<float>&, cudaStream_t);
template void launch_global_calcium(const GlobalCalciumRun<double>&, cudaStream_t);
template void launch_columns(const ColumnRun<float>&, cudaStream_t);
template void launch_columns(const ColumnRun<double>&, cudaStream_t);
template void launch_frame(int, const float* const*, float*, cudaStream_t);
template void launch_frame(int, const double* const*, double*, cudaStream_t);

}  // namespace tripartite::attention::cuda
