#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "host/backend/require_memory.hpp"
#include "host/linear_algebra/parallel.hpp"
#include "host/linear_algebra/product.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::transformer {
namespace {

using linear_algebra::add_transposed_product;
using linear_algebra::multiply;
using linear_algebra::Stored;

constexpr int block = 64;                         // queries per pass, which limits the scores to block x max_tokens
constexpr double work_to_wake_threads = 1 << 20;  // multiplications, about 0.2 ms of one core

constexpr int linear_scores = block * block + block;

std::size_t score_size(const AttentionShape& shape) {
  return std::size_t(std::min(block, shape.max_tokens)) * shape.max_tokens;
}

template <class OneHead>
void for_each_head(int heads, double work, const OneHead& one_head) {
  if (work > work_to_wake_threads)
    linear_algebra::run_parallel(heads, one_head);
  else
    for (int head = 0; head < heads; ++head) one_head(head, 0);
}

/// Softmax over the first `visible` scores; the rest of the row becomes 0, so that the product with V can span the row.
template <class Real>
void softmax_row(Real* scores, int visible, int size) {
  const Real largest = *std::max_element(scores, scores + visible);
  Real sum = 0;
  for (int i = 0; i < visible; ++i) sum += scores[i] = std::exp(scores[i] - largest);
  for (int i = 0; i < visible; ++i) scores[i] /= sum;
  std::fill(scores + visible, scores + size, Real(0));
}

template <class Real>
void elu1(const Real* x, std::size_t size, Real scale, Real* features) {
  for (std::size_t i = 0; i < size; ++i) features[i] = x[i] > 0 ? x[i] * scale + Real(1) : std::exp(x[i] * scale);
}

/// State of a linear head: associations phi(K)^T V [features x head_size] and normaliser phi(K)^T 1 [features].
template <class Real>
struct LinearState {
  Real* associations;
  Real* normaliser;
};

/// Columns of one head in matrices of all heads: `features` and `values` are the leading dimensions.
struct Strides {
  int features;
  int values;
};

template <class Real>
void store(LinearState<Real> state, int tokens, int features, int d, Strides stride, const Real* key_features,
           const Real* value) {
  add_transposed_product(features, d, tokens, key_features, stride.features, value, stride.values, state.associations,
                         d);
  for (int t = 0; t < tokens; ++t)
    for (int j = 0; j < features; ++j) state.normaliser[j] += key_features[std::size_t(t) * stride.features + j];
}

/// context = (phi(Q) associations [+ context]) / (phi(Q) normaliser [+ within]); `within` may be null.
template <class Real>
void read(LinearState<Real> state, int tokens, int features, int d, Strides stride, const Real* query_features,
          const Real* within, Real* context) {
  multiply(tokens, d, features, Real(1), query_features, stride.features, Stored::as_is, state.associations, d,
           within ? Real(1) : Real(0), context, stride.values);
  for (int t = 0; t < tokens; ++t) {
    Real sum = within ? within[t] : Real(0);
    for (int j = 0; j < features; ++j)
      sum += query_features[std::size_t(t) * stride.features + j] * state.normaliser[j];
    for (int c = 0; c < d; ++c) context[std::size_t(t) * stride.values + c] /= sum;
  }
}

/// One head: the whole sequence (bidirectional) or a continuation of the sequence in `state` (causal). `scores`
/// [block x block + block].
template <class Real>
void linear_head(LinearState<Real> state, bool causal, int tokens, int features, int d, Strides stride,
                 const Real* query_features, const Real* key_features, const Real* value, Real* scores, Real* context) {
  if (!causal) {
    store(state, tokens, features, d, stride, key_features, value);
    read(state, tokens, features, d, stride, query_features, static_cast<const Real*>(nullptr), context);
    return;
  }
  for (int first = 0; first < tokens; first += block) {
    const int size = std::min(block, tokens - first);
    const Real* phi_q = query_features + std::size_t(first) * stride.features;
    const Real* phi_k = key_features + std::size_t(first) * stride.features;
    const Real* v = value + std::size_t(first) * stride.values;
    Real* out = context + std::size_t(first) * stride.values;
    Real* within = scores + block * block;  // contribution of each query's own block to its normaliser
    multiply(size, size, features, Real(1), phi_q, stride.features, Stored::transposed, phi_k, stride.features, Real(0),
             scores, block);
    for (int t = 0; t < size; ++t) {
      within[t] = 0;
      for (int s = 0; s <= t; ++s) within[t] += scores[t * block + s];
      std::fill(scores + t * block + t + 1, scores + t * block + size, Real(0));
    }
    multiply(size, d, size, Real(1), scores, block, Stored::as_is, v, stride.values, Real(0), out, stride.values);
    read(state, size, features, d, stride, phi_q, within, out);
    store(state, size, features, d, stride, phi_k, v);
  }
}

}  // namespace

template <class Real>
void blas_linear_attention(const AttentionProblem& problem, int features, const Real* query_features,
                           const Real* key_features, const Real* value, Real* context) {
  const int d = problem.head_size;
  std::vector<Real> scores(linear_scores);
  std::vector<Real> stored(std::size_t(features) * (d + 1));
  for (int head = 0; head < problem.heads; ++head) {
    std::fill(stored.begin(), stored.end(), Real(0));
    linear_head(LinearState<Real>{stored.data(), stored.data() + std::size_t(features) * d}, problem.causal,
                problem.tokens, features, d, {problem.heads * features, problem.heads * d},
                query_features + std::size_t(head) * features, key_features + std::size_t(head) * features,
                value + std::size_t(head) * d, scores.data(), context + std::size_t(head) * d);
  }
}
template void blas_linear_attention(const AttentionProblem&, int, const float*, const float*, const float*, float*);
template void blas_linear_attention(const AttentionProblem&, int, const double*, const double*, const double*, double*);

template <class Real>
BlasSoftmaxAttention<Real>::BlasSoftmaxAttention(const AttentionShape& shape)
    : Attention<Real>(shape), stored_(shape.layers, 0) {
  // A worker needs one; there are never more workers than heads.
  scores_ = std::make_unique_for_overwrite<Real[]>(std::size_t(shape.heads) * score_size(shape));
  if (!shape.causal) return;
  const std::size_t size = std::size_t(shape.layers) * shape.max_tokens * shape.width();
  require_memory(fmt::format("key-value cache of {} tokens", shape.max_tokens), double(2 * size * sizeof(Real)));
  // Not zeroed: pages of tokens that are never fed are never touched.
  keys_ = std::make_unique_for_overwrite<Real[]>(size);
  values_ = std::make_unique_for_overwrite<Real[]>(size);
}

template <class Real>
void BlasSoftmaxAttention<Real>::attend(int layer, int first_token, int tokens, const Real* query, const Real* key,
                                        const Real* value, Real* context) {
  const AttentionShape& shape = this->shape();
  this->check(layer, first_token, tokens, shape.causal && layer >= 0 && layer < shape.layers ? stored_[layer] : 0);
  const int d = shape.head_size;
  const int width = shape.width();
  int visible = tokens;
  if (shape.causal) {
    const std::size_t cache = std::size_t(layer) * shape.max_tokens * width;
    const std::size_t end = cache + std::size_t(first_token) * width;
    std::copy_n(key, std::size_t(tokens) * width, keys_.get() + end);
    std::copy_n(value, std::size_t(tokens) * width, values_.get() + end);
    key = keys_.get() + cache;
    value = values_.get() + cache;
    visible = stored_[layer] = first_token + tokens;
  }
  const Real scale = Real(1) / std::sqrt(Real(d));
  const auto one_head = [&](int head, int worker) {
    Real* scores = scores_.get() + std::size_t(worker) * score_size(shape);
    const std::size_t column = std::size_t(head) * d;
    for (int first = 0; first < tokens; first += block) {
      const int size = std::min(block, tokens - first);
      const int keys = shape.causal ? first_token + first + size : visible;
      const std::size_t row = std::size_t(first) * width + column;
      multiply(size, keys, d, scale, query + row, width, Stored::transposed, key + column, width, Real(0), scores,
               keys);
      for (int t = 0; t < size; ++t)
        softmax_row(scores + std::size_t(t) * keys, shape.causal ? first_token + first + t + 1 : keys, keys);
      multiply(size, d, keys, Real(1), scores, keys, Stored::as_is, value + column, width, Real(0), context + row,
               width);
    }
  };
  for_each_head(shape.heads, double(tokens) * visible * width, one_head);
}

template <class Real>
void BlasSoftmaxAttention<Real>::reset() {
  std::fill(stored_.begin(), stored_.end(), 0);
}

template <class Real>
BlasElu1Attention<Real>::BlasElu1Attention(const AttentionShape& shape)
    : Attention<Real>(shape),
      associations_(std::size_t(shape.layers) * shape.width() * shape.head_size),
      normalisers_(std::size_t(shape.layers) * shape.width()),
      stored_(shape.layers, 0),
      scores_(std::size_t(shape.heads) * linear_scores) {}

template <class Real>
void BlasElu1Attention<Real>::attend(int layer, int first_token, int tokens, const Real* query, const Real* key,
                                     const Real* value, Real* context) {
  const AttentionShape& shape = this->shape();
  this->check(layer, first_token, tokens, shape.causal && layer >= 0 && layer < shape.layers ? stored_[layer] : 0);
  const int d = shape.head_size;
  const int width = shape.width();
  const std::size_t size = std::size_t(tokens) * width;
  if (query_features_.size() < size) query_features_.resize(size), key_features_.resize(size);
  const Real scale = std::pow(Real(d), Real(-0.25));
  elu1(query, size, scale, query_features_.data());
  elu1(key, size, scale, key_features_.data());
  Real* associations = associations_.data() + std::size_t(layer) * width * d;
  Real* normalisers = normalisers_.data() + std::size_t(layer) * width;
  if (shape.causal) {
    stored_[layer] = first_token + tokens;
  } else {
    std::fill_n(associations, std::size_t(width) * d, Real(0));
    std::fill_n(normalisers, width, Real(0));
  }
  const auto one_head = [&](int head, int worker) {
    Real* scores = scores_.data() + std::size_t(worker) * linear_scores;
    const std::size_t column = std::size_t(head) * d;
    linear_head(LinearState<Real>{associations + column * d, normalisers + column}, shape.causal, tokens, d, d,
                {width, width}, query_features_.data() + column, key_features_.data() + column, value + column, scores,
                context + column);
  };
  for_each_head(shape.heads, double(tokens) * d * width, one_head);
}

template <class Real>
void BlasElu1Attention<Real>::reset() {
  std::fill(associations_.begin(), associations_.end(), Real(0));
  std::fill(normalisers_.begin(), normalisers_.end(), Real(0));
  std::fill(stored_.begin(), stored_.end(), 0);
}

template <class Real>
std::unique_ptr<Attention<Real>> make_blas_attention(AttentionKind kind, const AttentionShape& shape) {
  if (kind == AttentionKind::softmax) return std::make_unique<BlasSoftmaxAttention<Real>>(shape);
  return std::make_unique<BlasElu1Attention<Real>>(shape);
}
template std::unique_ptr<Attention<float>> make_blas_attention(AttentionKind, const AttentionShape&);
template std::unique_ptr<Attention<double>> make_blas_attention(AttentionKind, const AttentionShape&);

template class BlasSoftmaxAttention<float>;
template class BlasSoftmaxAttention<double>;
template class BlasElu1Attention<float>;
template class BlasElu1Attention<double>;

}  // namespace tripartite::transformer
