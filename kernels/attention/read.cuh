#pragma once

#include "kernels/attention/read.hpp"
#include "kernels/launch.hpp"
#include "kernels/reduction.cuh"

// How the reading kernels share out synapses. A thread has some rows of one astrocyte in one column: they share every
// load of h and of the astrocyte's calcium.
namespace tripartite::attention::cuda {

constexpr int read_threads = 128;

/// float32: the reciprocal instruction, at most 2 units in the last place; p + floor is far below 2^126.
__device__ __forceinline__ float quotient(float a, float b) { return __fdividef(a, b); }
__device__ __forceinline__ double quotient(double a, double b) { return a / b; }

/// Tiles of rows that no astrocyte shares with another.
constexpr int tiles_of_astrocyte(const Shape& shape, int rows) {
  const int most_rows = (shape.width + shape.astrocytes - 1) / shape.astrocytes;
  return (most_rows + rows - 1) / rows;
}

/// Where a thread's synapses are: up to `Rows` rows of one astrocyte in one column of one head. Past the end of rows or
/// columns a thread goes along with p = H = 0 and the drives of its astrocyte and of the last column.
template <int Rows>
struct Place {
  int head, astrocyte, first_row, column;
  int rows;  // below 1 in the last tile of an astrocyte that is smaller than others
  bool inside_columns;

  __device__ explicit Place(const Shape& shape)
      : head(blockIdx.z),
        astrocyte(blockIdx.y / tiles_of_astrocyte(shape, Rows)),
        first_row(shape.first_row(astrocyte) + blockIdx.y % tiles_of_astrocyte(shape, Rows) * Rows),
        column(min(int(blockIdx.x * read_threads + threadIdx.x), shape.hidden - 1)),
        rows(min(Rows, shape.first_row(astrocyte + 1) - first_row)),
        inside_columns(blockIdx.x * read_threads + threadIdx.x < unsigned(shape.hidden)) {}
  __device__ bool is_synapse(int r) const { return inside_columns && r < rows; }
  __device__ std::size_t synapse(const Shape& shape, int r) const {
    return (std::size_t(head) * shape.width + first_row + r) * shape.hidden + column;
  }
  __device__ std::size_t owner(const Shape& shape) const { return std::size_t(head) * shape.astrocytes + astrocyte; }
  __device__ std::size_t neuron(const Shape& shape) const { return std::size_t(head) * shape.hidden + column; }
};

/// partial[block][row] = sum of the currents of the block's threads, in an order fixed by the launch.
template <class Real, int Rows>
__device__ __forceinline__ void reduce_rows(const ReadRun<Real>& run, const Place<Rows>& place,
                                            const Real (&current)[Rows]) {
  __shared__ Real warp_sums[read_threads / 32][Rows];
#pragma unroll
  for (int r = 0; r < Rows; ++r) {
    const Real sum = warp_sum(current[r]);
    if (threadIdx.x % 32 == 0) warp_sums[threadIdx.x / 32][r] = sum;
  }
  __syncthreads();
  const int r = threadIdx.x;
  if (r >= place.rows) return;
  Real sum = 0;
  for (int warp = 0; warp < read_threads / 32; ++warp) sum += warp_sums[warp][r];
  run.partial[blockIdx.x * run.shape.output_neurons() + std::size_t(place.head) * run.shape.width + place.first_row +
              r] = sum;
}

/// The same of what each synapse passes on in proportion to its H.
template <class Real, int Rows>
__device__ __forceinline__ void reduce_responses(const ReadRun<Real>& run, const Place<Rows>& place,
                                                 const Real (&response)[Rows]) {
  Real current[Rows];
#pragma unroll
  for (int r = 0; r < Rows; ++r)
    current[r] = place.is_synapse(r) ? run.hebbian[place.synapse(run.shape, r)] * response[r] : Real(0);
  reduce_rows(run, place, current);
}

/// `columns` of a thread, one block of partial sums for each block of threads.
template <class Real>
dim3 read_grid(const ReadRun<Real>& run, int rows, int columns = 1) {
  return dim3(blocks_for(run.shape.hidden, read_threads * columns),
              run.shape.astrocytes * tiles_of_astrocyte(run.shape, rows), run.shape.heads);
}

/// l at the end of the chunk from `partials` blocks of sums.
template <class Real>
void launch_read_output(const ReadRun<Real>& run, unsigned partials, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
