#pragma once

#include <memory>

#include "tripartite/transformer/attention.hpp"
#include "tripartite/transformer/reference_attention.hpp"

/// What tripartite/transformer/cublas_attention.hpp promises.
namespace tripartite::transformer::cuda {

template <class Real>
std::unique_ptr<Attention<Real>> make_attention(AttentionKind kind, const AttentionShape& shape);

template <class Real>
void linear_attention(const AttentionProblem& problem, int features, const Real* query_features,
                      const Real* key_features, const Real* value, Real* context);

}  // namespace tripartite::transformer::cuda
