#include "tripartite/transformer/reference_attention.hpp"

#include "tripartite/transformer/cublas_attention.hpp"

namespace tripartite::transformer {

template <class Real>
std::unique_ptr<Attention<Real>> make_reference_attention(Backend backend, AttentionKind kind,
                                                          const AttentionShape& shape) {
  if (resolve(backend) == Backend::cuda) return make_cublas_attention<Real>(kind, shape);
  return make_blas_attention<Real>(kind, shape);
}
template std::unique_ptr<Attention<float>> make_reference_attention(Backend, AttentionKind, const AttentionShape&);
template std::unique_ptr<Attention<double>> make_reference_attention(Backend, AttentionKind, const AttentionShape&);

}  // namespace tripartite::transformer
