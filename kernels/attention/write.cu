#include "kernels/attention/write.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;
constexpr int rows = 16;    // of H in a thread
constexpr int columns = 2;  // of H in a thread, `threads` apart: neighbouring threads read neighbours
constexpr int tile = 32;    // stages of l that a block keeps in shared memory

/// Block: 16 rows x 256 columns of one head. Thread: 16 x 2 synapses in registers for all stages.
template <class Real>
__global__ void __launch_bounds__(threads) write_kernel(WriteRun<Real> run) {
  __shared__ alignas(16) Real drive[tile][rows];
  const Shape& shape = run.shape;
  const int first_column = blockIdx.x * (threads * columns) + threadIdx.x;
  const int first_row = blockIdx.y * rows;
  const int head = blockIdx.z;
  const std::size_t hidden_first = std::size_t(head) * shape.hidden;
  const std::size_t output_first = std::size_t(head) * shape.width + first_row;

  const Real* rates[columns];
#pragma unroll
  for (int c = 0; c < columns; ++c)  // a thread past the end of the rows repeats the last column and stores nothing
    rates[c] = run.hidden_stages + hidden_first + min(first_column + c * threads, shape.hidden - 1);

  Real sum[rows][columns] = {};
  for (int first = 0; first < run.stages; first += tile) {
    const int count = min(tile, run.stages - first);
    for (int index = threadIdx.x; index < count * rows; index += threads) {
      const int stage = index / rows;
      const int row = index % rows;
      drive[stage][row] = first_row + row < shape.width
                              ? run.output_stages[(first + stage) * shape.output_neurons() + output_first + row]
                              : Real(0);
    }
    __syncthreads();
#pragma unroll 4
    for (int stage = 0; stage < count; ++stage) {
      Real rate[columns];
#pragma unroll
      for (int c = 0; c < columns; ++c) rate[c] = rates[c][(first + stage) * shape.hidden_neurons()];
#pragma unroll
      for (int r = 0; r < rows; ++r)
#pragma unroll
        for (int c = 0; c < columns; ++c) sum[r][c] += drive[stage][r] * rate[c];
    }
    __syncthreads();
  }

#pragma unroll
  for (int c = 0; c < columns; ++c) {
    const int j = first_column + c * threads;
    if (j >= shape.hidden) continue;
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      if (first_row + r >= shape.width) continue;
      const std::size_t synapse = (output_first + r) * shape.hidden + j;
      const Real a = run.hebbian_factor ? run.hebbian_factor[synapse] : Real(1);
      run.hebbian[synapse] = run.hebbian_decay * run.hebbian[synapse] + a * sum[r][c];
    }
  }
}

template <class Real>
__global__ void decay_kernel(std::size_t count, Real factor, Real* values) {
  const std::size_t index = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (index < count) values[index] *= factor;
}

}  // namespace

template <class Real>
void launch_write(const WriteRun<Real>& run, cudaStream_t stream) {
  if (run.shape.synapses() == 0) return;
  const dim3 grid(blocks_for(run.shape.hidden, threads * columns), blocks_for(run.shape.width, rows), run.shape.heads);
  write_kernel<<<grid, threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_decay(std::size_t count, Real factor, Real* values, cudaStream_t stream) {
  if (count == 0 || factor == Real(1)) return;
  decay_kernel<<<blocks_for(count, threads), threads, 0, stream>>>(count, factor, values);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_write(const WriteRun<float>&, cudaStream_t);
template void launch_write(const WriteRun<double>&, cudaStream_t);
template void launch_decay(std::size_t, float, float*, cudaStream_t);
template void launch_decay(std::size_t, double, double*, cudaStream_t);

}  // namespace tripartite::attention::cuda
