#include "host/backend/cuda_factories.hpp"

#include <utility>

#include "host/backend/cuda_module.hpp"
#include "tripartite/transformer/cublas_attention.hpp"

namespace tripartite {

namespace attention {

template <class Real>
std::unique_ptr<Engine<Real>> make_cuda_engine(const EngineSetup& setup) {
  return cuda_factories<Real>().attention_engine(setup);
}

template std::unique_ptr<Engine<float>> make_cuda_engine<float>(const EngineSetup&);
template std::unique_ptr<Engine<double>> make_cuda_engine<double>(const EngineSetup&);

}  // namespace attention

namespace memory {

template <class Real>
std::unique_ptr<MemoryEngine<Real>> make_cuda_memory_engine(const MemorySetup& setup) {
  return cuda_factories<Real>().memory_engine(setup);
}

template std::unique_ptr<MemoryEngine<float>> make_cuda_memory_engine<float>(const MemorySetup&);
template std::unique_ptr<MemoryEngine<double>> make_cuda_memory_engine<double>(const MemorySetup&);

}  // namespace memory

template <class Real>
std::unique_ptr<Network> make_cuda_network(NetworkSetup setup) {
  return cuda_factories<Real>().network(std::move(setup));
}

template std::unique_ptr<Network> make_cuda_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_cuda_network<double>(NetworkSetup);

namespace transformer {

template <class Real>
std::unique_ptr<Attention<Real>> make_cublas_attention(AttentionKind kind, const AttentionShape& shape) {
  return cuda_factories<Real>().reference_attention(kind, shape);
}

template <class Real>
void cublas_linear_attention(const AttentionProblem& problem, int features, const Real* query_features,
                             const Real* key_features, const Real* value, Real* context) {
  cuda_factories<Real>().linear_attention(problem, features, query_features, key_features, value, context);
}

template std::unique_ptr<Attention<float>> make_cublas_attention(AttentionKind, const AttentionShape&);
template std::unique_ptr<Attention<double>> make_cublas_attention(AttentionKind, const AttentionShape&);
template void cublas_linear_attention(const AttentionProblem&, int, const float*, const float*, const float*, float*);
template void cublas_linear_attention(const AttentionProblem&, int, const double*, const double*, const double*,
                                      double*);

}  // namespace transformer

}  // namespace tripartite
