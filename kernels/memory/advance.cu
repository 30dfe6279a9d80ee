#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/memory/advance.hpp"
#include "kernels/memory/scalar.cuh"
#include "kernels/reduction.cuh"

namespace tripartite::memory::cuda {
namespace {

constexpr int warps = 8;
constexpr int rows_per_thread = tile / warps;
constexpr int most_span = 4;

/// Sum of squares of error / (tolerance (1 + |y|)) with the larger |y| of both ends.
template <class Real>
__device__ double scaled_square(Real error, Real before, Real after, Real tolerance) {
  const Real scaled = error / (tolerance * (Real(1) + max(abs(before), abs(after))));
  return double(scaled * scaled);
}

struct ThreadNorms {
  float rate = 0;
  double synapse_error = 0, process_error = 0;
};

/// One synapse and its process to the next stage; returns g(s) and psi(p) there.
template <int known, bool last, class Real>
__device__ void advance_element(const Pass<Real>& pass, const CueTask<Real>& task, int row, int column,
                                const Real* memory, Real* g, Real* psi, ThreadNorms* norms) {
  const Network<Real>& network = pass.network;
  *g = *psi = 0;
  if (row >= network.neurons || column >= network.neurons) return;
  const std::ptrdiff_t pair = std::ptrdiff_t(row) * network.stride + column,
                       at = std::ptrdiff_t(task.cue) * network.pairs() + pair;
  const Real s = network.synapse[task.side][at], p = network.process[task.side][at];
  Real phi_phi[known > 0 ? known : 1];
#pragma unroll
  for (int q = 0; q < known; ++q) {
    const Real* phi = network.moment_phi + network.row(q, task.cue);
    phi_phi[q] = phi[row] * phi[column];
  }
  const ElementStep<Scalar<Real>, known> step(network.model, task.scheme, s, p, phi_phi, memory,
                                              network.synapse_bias != nullptr ? network.synapse_bias[pair] : Real(0),
                                              network.process_bias != nullptr ? network.process_bias[pair] : Real(0));
  *g = tanh(network.model.gain_synapse * step.synapse);
  *psi = tanh(network.model.gain_process * step.process);
  if constexpr (last) {
    network.synapse[1 - task.side][at] = step.synapse;
    network.process[1 - task.side][at] = step.process;
    const Real rate =
        max(abs(step.synapse_rate[0]) / (Real(1) + abs(s)), abs(step.process_rate[0]) / (Real(1) + abs(p)));
    norms->rate = max(norms->rate, float(rate));
    if constexpr (known == 2) {  // the only method with an error estimate
      const auto& weights_s = task.scheme.synapse.error;
      const auto& weights_p = task.scheme.process.error;
      norms->synapse_error += scaled_square(step.synapse_rate[0] * weights_s[0] + step.synapse_rate[1] * weights_s[1],
                                            s, step.synapse, task.scheme.tolerance);
      norms->process_error += scaled_square(step.process_rate[0] * weights_p[0] + step.process_rate[1] * weights_p[1],
                                            p, step.process, task.scheme.tolerance);
    }
  }
}

template <class Real>
__device__ void store_norms(const ThreadNorms& mine, SquareNorms* to) {
  __shared__ SquareNorms of_warp[warps];
  const float rate = warp_max(mine.rate);
  const double synapse_error = warp_sum(mine.synapse_error), process_error = warp_sum(mine.process_error);
  if (threadIdx.x == 0) of_warp[threadIdx.y] = {double(rate), synapse_error, process_error};
  __syncthreads();
  if (threadIdx.x == 0 && threadIdx.y == 0) {
    SquareNorms total{0, 0, 0};
    for (int w = 0; w < warps; ++w) {
      total.rate = max(total.rate, of_warp[w].rate);
      total.synapse_error += of_warp[w].synapse_error;
      total.process_error += of_warp[w].process_error;
    }
    *to = total;
  }
}

/// Grid: squares along the columns x squares along the rows of the panel x tasks. A square below the diagonal only
/// clears its part of psi, which the product over the whole panel reads.
template <int known, bool last, class Real>
__global__ void __launch_bounds__(tile* warps, 2) advance_kernel(Pass<Real> pass, int span, int all_squares) {
  const Network<Real>& network = pass.network;
  const CueTask<Real>& task = pass.tasks[blockIdx.z];
  const int edge = tile * span, lane = int(threadIdx.x), warp = int(threadIdx.y);
  const int row_square = pass.first / edge + int(blockIdx.y), column_square = pass.first / edge + int(blockIdx.x);
  __shared__ Real drives[known > 0 ? known : 1][tile][tile + 1];
  __shared__ Real psi_sum[tile][tile + 1];
  __shared__ Real row_current[most_span * tile], column_current[most_span * tile];
  for (int i = warp * tile + lane; i < edge; i += tile * warps) row_current[i] = column_current[i] = 0;
  __syncthreads();

  ThreadNorms norms;
  const Real* next_phi = network.moment_phi + network.row(pass.known, task.cue);
  for (int ti = 0; ti < span; ++ti)
    for (int tj = 0; tj < span; ++tj) {
      const int row0 = row_square * edge + ti * tile, column0 = column_square * edge + tj * tile;
      if (row0 >= pass.first + pass.rows || column0 >= network.stride) continue;
      const auto place = [&](int row, int column) {
        return blockIdx.z * pass.drive_stride + std::ptrdiff_t(row - pass.first) * network.stride +
               (column - pass.first);
      };
      if (column0 < row0) {
        if (pass.psi != nullptr)
          for (int r = warp; r < tile && row0 + r < network.neurons; r += warps)
            pass.psi[place(row0 + r, column0 + lane)] = 0;
        continue;
      }
#pragma unroll
      for (int k = 0; k < rows_per_thread; ++k) {
        const int r = warp + k * warps, row = row0 + r, column = column0 + lane;
        Real memory[known > 0 ? known : 1] = {};
#pragma unroll
        for (int q = 0; q < known; ++q) {
          if (pass.drive[q] != nullptr && row < network.neurons) memory[q] = pass.drive[q][place(row, column)];
          drives[q][r][lane] = memory[q];
        }
        Real g, psi;
        advance_element<known, last>(pass, task, row, column, memory, &g, &psi, &norms);
        psi_sum[r][lane] = psi;
        const Real sum = warp_sum(g * next_phi[column]);
        if (lane == 0) row_current[ti * tile + r] += sum;
      }
      __syncthreads();
      if (row0 != column0) {
#pragma unroll
        for (int k = 0; k < rows_per_thread; ++k) {
          const int r = warp + k * warps, row = column0 + r, column = row0 + lane;
          Real memory[known > 0 ? known : 1] = {};
#pragma unroll
          for (int q = 0; q < known; ++q) memory[q] = drives[q][lane][r];
          Real g, psi;
          advance_element<known, last>(pass, task, row, column, memory, &g, &psi, &norms);
          psi_sum[lane][r] += psi;
          const Real sum = warp_sum(g * next_phi[column]);
          if (lane == 0) column_current[tj * tile + r] += sum;
        }
        __syncthreads();
      }
      if (pass.psi != nullptr)
        for (int r = warp; r < tile && row0 + r < network.neurons; r += warps)
          pass.psi[place(row0 + r, column0 + lane)] = psi_sum[r][lane];
      __syncthreads();
    }

  // Squares on the diagonal hold rows and columns of the same neurons.
  Real* current = pass.current + std::ptrdiff_t(blockIdx.z) * all_squares * network.stride;
  for (int i = warp * tile + lane; i < edge && column_square >= row_square; i += tile * warps) {
    const int row = row_square * edge + i, column = column_square * edge + i;
    if (row_square == column_square) {
      if (row < network.neurons)
        current[std::ptrdiff_t(column_square) * network.stride + row] = row_current[i] + column_current[i];
    } else {
      if (row < network.neurons) current[std::ptrdiff_t(column_square) * network.stride + row] = row_current[i];
      if (column < network.neurons) current[std::ptrdiff_t(row_square) * network.stride + column] = column_current[i];
    }
  }
  if constexpr (last)
    store_norms<Real>(
        norms, pass.norms + (std::ptrdiff_t(blockIdx.z) * all_squares + row_square) * all_squares + column_square);
}

template <int known, bool last, class Real>
void launch(const Pass<Real>& pass, cudaStream_t stream) {
  const int span = squares_span(pass.network.neurons), edge = tile * span;
  const dim3 grid(blocks_for(pass.network.neurons - pass.first, edge), blocks_for(pass.rows, edge), pass.count);
  advance_kernel<known, last><<<grid, dim3(tile, warps), 0, stream>>>(pass, span, squares(pass.network.neurons));
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

}  // namespace

template <class Real>
void advance_panel(const Pass<Real>& pass, cudaStream_t stream) {
  if (pass.count == 0 || pass.rows == 0) return;
  switch (pass.known) {
    case 0: return launch<0, false>(pass, stream);
    case 1: return pass.is_last ? launch<1, true>(pass, stream) : launch<1, false>(pass, stream);
    case 2: return pass.is_last ? launch<2, true>(pass, stream) : launch<2, false>(pass, stream);
    case 3: return launch<3, false>(pass, stream);
    default: return launch<4, true>(pass, stream);
  }
}

template void advance_panel(const Pass<float>&, cudaStream_t);
template void advance_panel(const Pass<double>&, cudaStream_t);

}  // namespace tripartite::memory::cuda
