#pragma once

#include <memory>
#include <vector>

#include "tripartite/backend.hpp"
#include "tripartite/transformer/attention.hpp"

/// References for the network: they share no code with the network, and the plain loops share none with the matrix
/// products.
namespace tripartite::transformer {

/// One sequence for the plain loops: matrices [tokens x heads * columns], row = token, heads contiguous within a row.
struct AttentionProblem {
  int tokens = 0;
  int heads = 1;
  int head_size = 0;  // columns per head of value and context; for softmax also of query and key
  bool causal = false;
};

/// softmax(Q K^T / sqrt(head_size)), matrices [heads x tokens x tokens], row = querying token. Plain float64 loops.
void plain_softmax_weights(const AttentionProblem& problem, const double* query, const double* key, double* weights);
/// softmax(Q K^T / sqrt(head_size)) V. Plain float64 loops, with which every other implementation is compared.
void plain_softmax_attention(const AttentionProblem& problem, const double* query, const double* key,
                             const double* value, double* context);
/// phi(Q) (phi(K)^T V) / phi(Q) (phi(K)^T 1) with given features [tokens x heads * features]. Plain float64 loops.
void plain_linear_attention(const AttentionProblem& problem, int features, const double* query_features,
                            const double* key_features, const double* value, double* context);
/// phi(u) = elu(u) + 1 of u = x head_size^(-1/4), element-wise (Katharopoulos et al. 2020). Plain float64 loop.
void plain_elu1_features(const AttentionProblem& problem, const double* x, double* features);

/// Linear attention with given features, with matrix products of a CBLAS; arguments as in plain_linear_attention.
template <class Real>
void blas_linear_attention(const AttentionProblem& problem, int features, const Real* query_features,
                           const Real* key_features, const Real* value, Real* context);

/// Softmax attention with matrix products of a CBLAS, and with a key-value cache if causal.
template <class Real>
class BlasSoftmaxAttention final : public Attention<Real> {
 public:
  /// Throws MemoryError if the cache does not fit.
  explicit BlasSoftmaxAttention(const AttentionShape& shape);
  void attend(int layer, int first_token, int tokens, const Real* query, const Real* key, const Real* value,
              Real* context) override;
  void reset() override;

 private:
  std::unique_ptr<Real[]> keys_, values_;  // [layers x max_tokens x width], causal only
  std::vector<int> stored_;                // tokens in the cache, per layer
  std::unique_ptr<Real[]> scores_;         // [heads x query block x max_tokens]
};

/// Linear attention with elu1 features and matrix products of a CBLAS; if causal, its state is phi(K)^T V and
/// phi(K)^T 1.
template <class Real>
class BlasElu1Attention final : public Attention<Real> {
 public:
  explicit BlasElu1Attention(const AttentionShape& shape);
  void attend(int layer, int first_token, int tokens, const Real* query, const Real* key, const Real* value,
              Real* context) override;
  void reset() override;

 private:
  std::vector<Real> associations_;  // [layers x heads x head_size (feature) x head_size]
  std::vector<Real> normalisers_;   // [layers x heads x head_size (feature)]
  std::vector<int> stored_;         // tokens in the state, per layer
  std::vector<Real> query_features_, key_features_, scores_;
};

/// The CBLAS reference for the attention that a model was trained with.
template <class Real>
std::unique_ptr<Attention<Real>> make_blas_attention(AttentionKind kind, const AttentionShape& shape);

/// The reference with the matrix products of a backend: CBLAS on the CPU, cuBLAS on a CUDA device. Throws DeviceError
/// like `resolve`.
template <class Real>
std::unique_ptr<Attention<Real>> make_reference_attention(Backend backend, AttentionKind kind,
                                                          const AttentionShape& shape);

extern template class BlasSoftmaxAttention<float>;
extern template class BlasSoftmaxAttention<double>;
extern template class BlasElu1Attention<float>;
extern template class BlasElu1Attention<double>;

}  // namespace tripartite::transformer
