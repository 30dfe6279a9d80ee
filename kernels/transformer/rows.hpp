#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

// What attention does beside matrix products. Scores are [heads][rows][leading], token matrices [tokens][heads * size].
namespace tripartite::transformer::cuda {

/// Softmax of every row of `keys` scores. With `first_query` >= 0 row r sees the keys up to first_query + r, and the
/// rest become 0; with -1 it sees all.
template <class Real>
void launch_softmax(int heads, int rows, int keys, int first_query, Real* scores, cudaStream_t stream);

/// features = elu(scale x) + 1, element by element.
template <class Real>
void launch_elu1(std::size_t count, Real scale, const Real* x, Real* features, cudaStream_t stream);

/// Row r of scores [heads][rows][rows] keeps its first r + 1 entries, the rest become 0; sums[head][r] is what is kept.
template <class Real>
void launch_lower_triangle(int heads, int rows, Real* scores, Real* sums, cudaStream_t stream);

/// normaliser[head][j] += sum over tokens of features.
template <class Real>
void launch_normaliser(int heads, int features, int tokens, const Real* key_features, Real* normaliser,
                       cudaStream_t stream);

/// Context of every token and head, divided by query_features . normaliser + sums[head][token]; sums may be null.
template <class Real>
void launch_divide(int heads, int features, int head_size, int tokens, const Real* query_features,
                   const Real* normaliser, const Real* sums, Real* context, cudaStream_t stream);

}  // namespace tripartite::transformer::cuda
