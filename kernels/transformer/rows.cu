#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/reduction.cuh"
#include "kernels/transformer/rows.hpp"

namespace tripartite::transformer::cuda {
namespace {

constexpr int threads = 128;
constexpr int warps = threads / 32;

/// Warp: one row.
template <class Real>
__global__ void softmax_kernel(int rows, int keys, int first_query, Real* scores) {
  const int row = blockIdx.x * warps + threadIdx.x / 32;
  if (row >= rows) return;
  const int lane = threadIdx.x % 32;
  const int visible = first_query < 0 ? keys : first_query + row + 1;
  Real* score = scores + (std::size_t(blockIdx.y) * rows + row) * keys;
  Real largest = score[0];
  for (int i = lane; i < visible; i += 32) largest = max(largest, score[i]);
  largest = warp_max(largest);
  Real sum = 0;
  for (int i = lane; i < visible; i += 32) sum += exp(score[i] - largest);
  sum = warp_sum(sum);
  for (int i = lane; i < keys; i += 32) score[i] = i < visible ? exp(score[i] - largest) / sum : Real(0);
}

template <class Real>
__global__ void elu1_kernel(std::size_t count, Real scale, const Real* x, Real* features) {
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= count) return;
  const Real u = scale * x[i];
  features[i] = u > Real(0) ? u + Real(1) : exp(u);
}

/// Warp: one row.
template <class Real>
__global__ void lower_triangle_kernel(int rows, Real* scores, Real* sums) {
  const int row = blockIdx.x * warps + threadIdx.x / 32;
  if (row >= rows) return;
  const int lane = threadIdx.x % 32;
  const std::size_t index = std::size_t(blockIdx.y) * rows + row;
  Real* score = scores + index * rows;
  Real sum = 0;
  for (int i = lane; i < rows; i += 32) {
    if (i <= row)
      sum += score[i];
    else
      score[i] = 0;
  }
  sum = warp_sum(sum);
  if (lane == 0) sums[index] = sum;
}

/// Thread: one feature of one head.
template <class Real>
__global__ void normaliser_kernel(int all, int tokens, const Real* key_features, Real* normaliser) {
  const int feature = blockIdx.x * threads + threadIdx.x;
  if (feature >= all) return;
  Real sum = normaliser[feature];
  for (int token = 0; token < tokens; ++token) sum += key_features[std::size_t(token) * all + feature];
  normaliser[feature] = sum;
}

/// Warp: one token of one head.
template <class Real>
__global__ void divide_kernel(int heads, int features, int head_size, int tokens, const Real* query_features,
                              const Real* normaliser, const Real* sums, Real* context) {
  const int token = blockIdx.x * warps + threadIdx.x / 32;
  if (token >= tokens) return;
  const int head = blockIdx.y;
  const int lane = threadIdx.x % 32;
  const std::size_t row = std::size_t(token) * heads + head;
  Real sum = 0;
  for (int j = lane; j < features; j += 32)
    sum += query_features[row * features + j] * normaliser[std::size_t(head) * features + j];
  sum = warp_sum(sum);
  if (sums != nullptr) sum += sums[std::size_t(head) * tokens + token];
  for (int c = lane; c < head_size; c += 32) context[row * head_size + c] /= sum;
}

}  // namespace

template <class Real>
void launch_softmax(int heads, int rows, int keys, int first_query, Real* scores, cudaStream_t stream) {
  if (heads == 0 || rows == 0 || keys == 0) return;
  softmax_kernel<<<dim3(blocks_for(rows, warps), heads), threads, 0, stream>>>(rows, keys, first_query, scores);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_elu1(std::size_t count, Real scale, const Real* x, Real* features, cudaStream_t stream) {
  if (count == 0) return;
  elu1_kernel<<<blocks_for(count, threads), threads, 0, stream>>>(count, scale, x, features);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_lower_triangle(int heads, int rows, Real* scores, Real* sums, cudaStream_t stream) {
  if (heads == 0 || rows == 0) return;
  lower_triangle_kernel<<<dim3(blocks_for(rows, warps), heads), threads, 0, stream>>>(rows, scores, sums);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_normaliser(int heads, int features, int tokens, const Real* key_features, Real* normaliser,
                       cudaStream_t stream) {
  if (heads == 0 || features == 0 || tokens == 0) return;
  normaliser_kernel<<<blocks_for(heads * features, threads), threads, 0, stream>>>(heads * features, tokens,
                                                                                   key_features, normaliser);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_divide(int heads, int features, int head_size, int tokens, const Real* query_features,
                   const Real* normaliser, const Real* sums, Real* context, cudaStream_t stream) {
  if (heads == 0 || tokens == 0) return;
  divide_kernel<<<dim3(blocks_for(tokens, warps), heads), threads, 0, stream>>>(
      heads, features, head_size, tokens, query_features, normaliser, sums, context);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_softmax(int, int, int, int, float*, cudaStream_t);
template void launch_softmax(int, int, int, int, double*, cudaStream_t);
template void launch_elu1(std::size_t, float, const float*, float*, cudaStream_t);
template void launch_elu1(std::size_t, double, const double*, double*, cudaStream_t);
template void launch_lower_triangle(int, int, float*, float*, cudaStream_t);
template void launch_lower_triangle(int, int, double*, double*, cudaStream_t);
template void launch_normaliser(int, int, int, const float*, float*, cudaStream_t);
template void launch_normaliser(int, int, int, const double*, double*, cudaStream_t);
template void launch_divide(int, int, int, int, const float*, const float*, const float*, float*, cudaStream_t);
template void launch_divide(int, int, int, int, const double*, const double*, const double*, double*, cudaStream_t);

}  // namespace tripartite::transformer::cuda
