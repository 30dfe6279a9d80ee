#include "kernels/transformer/cublas_attention.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "host/backend/require_memory.hpp"
#include "kernels/device.hpp"
#include "kernels/device_buffer.hpp"
#include "kernels/linear_algebra/product.hpp"
#include "kernels/stream.hpp"
#include "kernels/transformer/rows.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer::cuda {
namespace {

using linear_algebra::cuda::Blas;
using linear_algebra::cuda::Matrices;
using linear_algebra::cuda::multiply;

constexpr int block = 64;  // queries at a time: bounds the scores to heads x block x tokens

/// Number of the device that the references use. Throws before anything is allocated there if `bytes` do not fit.
int device_with_room(std::size_t bytes, const char* what) {
  tripartite::cuda::device_count();
  const CurrentDevice current(0);
  std::size_t available = 0, total = 0;
  TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&available, &total));
  require_device_memory(what, double(bytes), double(available));
  return 0;
}

template <class Real>
void copy_in(Real* to, const Real* from, std::size_t count, cudaStream_t stream) {
  TRIPARTITE_CUDA_TRY(cudaMemcpyAsync(to, from, count * sizeof(Real), cudaMemcpyHostToDevice, stream));
}

template <class Real>
void copy_out(Real* to, const Real* from, std::size_t count, cudaStream_t stream) {
  TRIPARTITE_CUDA_TRY(cudaMemcpyAsync(to, from, count * sizeof(Real), cudaMemcpyDeviceToHost, stream));
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream));
}

/// Linear attention of all heads on the device. What has been stored is phi(K)^T V [heads][features][head_size] and
/// phi(K)^T 1 [heads][features].
template <class Real>
class LinearHeads {
 public:
  LinearHeads(int heads, int features, int head_size, const Blas& blas, cudaStream_t stream)
      : heads_(heads),
        features_(features),
        head_size_(head_size),
        blas_(blas),
        stream_(stream),
        scores_(std::size_t(heads) * block * block),
        sums_(std::size_t(heads) * block) {}
  static std::size_t values(int heads) { return std::size_t(heads) * block * (block + 1); }

  /// All pointers are device memory; token matrices have rows of all heads.
  void attend(bool causal, int tokens, const Real* query_features, const Real* key_features, const Real* value,
              Real* associations, Real* normaliser, Real* context) {
    if (!causal) {
      store(tokens, key_features, value, associations, normaliser);
      read(tokens, query_features, associations, Real(0), context);
      launch_divide<Real>(heads_, features_, head_size_, tokens, query_features, normaliser, nullptr, context, stream_);
      return;
    }
    for (int first = 0; first < tokens; first += block) {
      const int size = std::min(block, tokens - first);
      const Real* phi_q = query_features + std::size_t(first) * heads_ * features_;
      const Real* phi_k = key_features + std::size_t(first) * heads_ * features_;
      const Real* v = value + std::size_t(first) * heads_ * head_size_;
      Real* out = context + std::size_t(first) * heads_ * head_size_;
      Matrices<const Real> keys = feature_matrix(phi_k);
      keys.transposed = true;
      const long long square = (long long)size * size;
      multiply<Real>(blas_, heads_, size, size, features_, 1, feature_matrix(phi_q), keys, 0,
                     {scores_.data(), size, square});
      launch_lower_triangle(heads_, size, scores_.data(), sums_.data(), stream_);
      multiply<Real>(blas_, heads_, size, head_size_, size, 1, {scores_.data(), size, square}, value_matrix(v), 0,
                     {out, heads_ * head_size_, head_size_});
      read(size, phi_q, associations, Real(1), out);
      launch_divide<Real>(heads_, features_, head_size_, size, phi_q, normaliser, sums_.data(), out, stream_);
      store(size, phi_k, v, associations, normaliser);
    }
  }

 private:
  Matrices<const Real> feature_matrix(const Real* first) const { return {first, heads_ * features_, features_}; }
  Matrices<const Real> value_matrix(const Real* first) const { return {first, heads_ * head_size_, head_size_}; }
  long long state_size() const { return (long long)features_ * head_size_; }

  void store(int tokens, const Real* key_features, const Real* value, Real* associations, Real* normaliser) {
    Matrices<const Real> keys = feature_matrix(key_features);
    keys.transposed = true;
    multiply<Real>(blas_, heads_, features_, head_size_, tokens, 1, keys, value_matrix(value), 1,
                   {associations, head_size_, state_size()});
    launch_normaliser(heads_, features_, tokens, key_features, normaliser, stream_);
  }

  /// context = phi(Q) associations + beta context.
  void read(int tokens, const Real* query_features, const Real* associations, Real beta, Real* context) {
    multiply<Real>(blas_, heads_, tokens, head_size_, features_, 1, feature_matrix(query_features),
                   {associations, head_size_, state_size()}, beta, {context, heads_ * head_size_, head_size_});
  }

  int heads_, features_, head_size_;
  const Blas& blas_;
  cudaStream_t stream_;
  DeviceBuffer<Real> scores_, sums_;
};

/// Softmax attention, with a key-value cache on the device if causal.
template <class Real>
class CublasSoftmaxAttention final : public Attention<Real> {
 public:
  /// What an object allocates on the device.
  static std::size_t bytes(const AttentionShape& shape) {
    const std::size_t tokens = shape.max_tokens;
    return sizeof(Real) * (tokens * shape.width() * (2 + 2 * cache_layers(shape)) +
                           shape.heads * std::min(std::size_t(block), tokens) * tokens);
  }
  explicit CublasSoftmaxAttention(const AttentionShape& shape)
      : Attention<Real>(shape),
        blas_(stream_),
        stored_(shape.layers, 0),
        query_(std::size_t(shape.max_tokens) * shape.width()),
        context_(query_.size()),
        keys_(cache_layers(shape) * query_.size()),
        values_(keys_.size()),
        scores_(std::size_t(shape.heads) * std::min(block, shape.max_tokens) * shape.max_tokens) {}

  void attend(int layer, int first_token, int tokens, const Real* query, const Real* key, const Real* value,
              Real* context) override {
    const AttentionShape& shape = this->shape();
    this->check(layer, first_token, tokens, shape.causal && layer >= 0 && layer < shape.layers ? stored_[layer] : 0);
    const CurrentDevice current(0);
    const int width = shape.width(), d = shape.head_size;
    const std::size_t size = std::size_t(tokens) * width;
    const std::size_t cache = shape.causal ? std::size_t(layer) * shape.max_tokens * width : 0;
    copy_in(query_.data(), query, size, stream_);
    copy_in(keys_.data() + cache + std::size_t(first_token) * width, key, size, stream_);
    copy_in(values_.data() + cache + std::size_t(first_token) * width, value, size, stream_);
    if (shape.causal) stored_[layer] = first_token + tokens;

    for (int first = 0; first < tokens; first += block) {
      const int rows = std::min(block, tokens - first);
      const int keys = shape.causal ? first_token + first + rows : tokens;
      const long long square = (long long)rows * keys;
      const std::size_t row = std::size_t(first) * width;
      multiply<Real>(blas_, shape.heads, rows, keys, d, 1 / std::sqrt(Real(d)), {query_.data() + row, width, d},
                     {keys_.data() + cache, width, d, true}, 0, {scores_.data(), keys, square});
      launch_softmax(shape.heads, rows, keys, shape.causal ? first_token + first : -1, scores_.data(), stream_);
      multiply<Real>(blas_, shape.heads, rows, d, keys, 1, {scores_.data(), keys, square},
                     {values_.data() + cache, width, d}, 0, {context_.data() + row, width, d});
    }
    copy_out(context, context_.data(), size, stream_);
  }

  void reset() override { std::fill(stored_.begin(), stored_.end(), 0); }

 private:
  static std::size_t cache_layers(const AttentionShape& shape) { return shape.causal ? shape.layers : 1; }

  Stream stream_;
  Blas blas_;
  std::vector<int> stored_;  // tokens in the cache, per layer
  DeviceBuffer<Real> query_, context_, keys_, values_, scores_;
};

/// Linear attention with elu1 features; if causal its state stays on the device.
template <class Real>
class CublasElu1Attention final : public Attention<Real> {
 public:
  /// What an object allocates on the device.
  static std::size_t bytes(const AttentionShape& shape) {
    return sizeof(Real) * (std::size_t(shape.layers) * shape.width() * (shape.head_size + 1) +
                           4 * std::size_t(shape.max_tokens) * shape.width() + LinearHeads<Real>::values(shape.heads));
  }
  explicit CublasElu1Attention(const AttentionShape& shape)
      : Attention<Real>(shape),
        blas_(stream_),
        stored_(shape.layers, 0),
        heads_(shape.heads, shape.head_size, shape.head_size, blas_, stream_),
        associations_(std::size_t(shape.layers) * shape.width() * shape.head_size),
        normalisers_(std::size_t(shape.layers) * shape.width()),
        query_(std::size_t(shape.max_tokens) * shape.width()),
        key_(query_.size()),
        value_(query_.size()),
        context_(query_.size()) {
    reset();
  }

  void attend(int layer, int first_token, int tokens, const Real* query, const Real* key, const Real* value,
              Real* context) override {
    const AttentionShape& shape = this->shape();
    this->check(layer, first_token, tokens, shape.causal && layer >= 0 && layer < shape.layers ? stored_[layer] : 0);
    const CurrentDevice current(0);
    const std::size_t size = std::size_t(tokens) * shape.width();
    copy_in(query_.data(), query, size, stream_);
    copy_in(key_.data(), key, size, stream_);
    copy_in(value_.data(), value, size, stream_);
    if (shape.causal)
      stored_[layer] = first_token + tokens;
    else
      clear_state();
    const Real scale = std::pow(Real(shape.head_size), Real(-0.25));
    launch_elu1(size, scale, query_.data(), query_.data(), stream_);
    launch_elu1(size, scale, key_.data(), key_.data(), stream_);
    heads_.attend(shape.causal, tokens, query_.data(), key_.data(), value_.data(),
                  associations_.data() + std::size_t(layer) * shape.width() * shape.head_size,
                  normalisers_.data() + std::size_t(layer) * shape.width(), context_.data());
    copy_out(context, context_.data(), size, stream_);
  }

  void reset() override {
    const CurrentDevice current(0);
    std::fill(stored_.begin(), stored_.end(), 0);
    clear_state();
  }

 private:
  void clear_state() {
    associations_.clear(stream_);
    normalisers_.clear(stream_);
  }

  Stream stream_;
  Blas blas_;
  std::vector<int> stored_;  // tokens in the state, per layer
  LinearHeads<Real> heads_;
  DeviceBuffer<Real> associations_, normalisers_;
  DeviceBuffer<Real> query_, key_, value_, context_;
};

}  // namespace

template <class Real>
std::unique_ptr<Attention<Real>> make_attention(AttentionKind kind, const AttentionShape& shape) {
  if (kind == AttentionKind::softmax) {
    const CurrentDevice current(
        device_with_room(CublasSoftmaxAttention<Real>::bytes(shape), "softmax attention by cuBLAS"));
    return std::make_unique<CublasSoftmaxAttention<Real>>(shape);
  }
  const CurrentDevice current(device_with_room(CublasElu1Attention<Real>::bytes(shape), "linear attention by cuBLAS"));
  return std::make_unique<CublasElu1Attention<Real>>(shape);
}

template <class Real>
void linear_attention(const AttentionProblem& problem, int features, const Real* query_features,
                      const Real* key_features, const Real* value, Real* context) {
  const std::size_t phi = std::size_t(problem.tokens) * problem.heads * features;
  const std::size_t size = std::size_t(problem.tokens) * problem.heads * problem.head_size;
  const std::size_t state = std::size_t(problem.heads) * features;
  const CurrentDevice current(device_with_room(
      sizeof(Real) * (2 * phi + 2 * size + state * (problem.head_size + 1) + LinearHeads<Real>::values(problem.heads)),
      "linear attention by cuBLAS"));
  const Stream stream;
  const Blas blas(stream);
  LinearHeads<Real> heads(problem.heads, features, problem.head_size, blas, stream);
  const DeviceBuffer<Real> queries(phi), keys(phi), values(size), contexts(size);
  DeviceBuffer<Real> associations(state * problem.head_size), normaliser(state);
  associations.clear(stream);
  normaliser.clear(stream);
  copy_in(queries.data(), query_features, phi, stream);
  copy_in(keys.data(), key_features, phi, stream);
  copy_in(values.data(), value, size, stream);
  heads.attend(problem.causal, problem.tokens, queries.data(), keys.data(), values.data(), associations.data(),
               normaliser.data(), contexts.data());
  copy_out(context, contexts.data(), size, stream);
}

template std::unique_ptr<Attention<float>> make_attention(AttentionKind, const AttentionShape&);
template std::unique_ptr<Attention<double>> make_attention(AttentionKind, const AttentionShape&);
template void linear_attention(const AttentionProblem&, int, const float*, const float*, const float*, float*);
template void linear_attention(const AttentionProblem&, int, const double*, const double*, const double*, double*);

}  // namespace tripartite::transformer::cuda
