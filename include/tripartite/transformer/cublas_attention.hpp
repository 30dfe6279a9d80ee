#pragma once

#include <memory>

#include "tripartite/transformer/attention.hpp"
#include "tripartite/transformer/reference_attention.hpp"

/// The references of reference_attention.hpp with matrix products of cuBLAS, on the first CUDA device. Matrices are in
/// host memory; keys, values and state stay on the device. Throws DeviceError, also in builds without CUDA, and
/// MemoryError before allocating.
namespace tripartite::transformer {

/// The reference for the attention that a model was trained with.
template <class Real>
std::unique_ptr<Attention<Real>> make_cublas_attention(AttentionKind kind, const AttentionShape& shape);

/// Linear attention with given features; arguments as in plain_linear_attention.
template <class Real>
void cublas_linear_attention(const AttentionProblem& problem, int features, const Real* query_features,
                             const Real* key_features, const Real* value, Real* context);

}  // namespace tripartite::transformer
