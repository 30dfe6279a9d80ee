// The CUDA entry points of a build without CUDA. Each is reached only if the caller ignores why_unavailable().
#include "kernels/network/cuda_network.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"
#include "tripartite/memory/engine.hpp"
#include "tripartite/transformer/cublas_attention.hpp"

namespace tripartite {

bool built_with_cuda() { return false; }

std::vector<Device> cuda_devices() { return {}; }

namespace attention {

template <class Real>
std::unique_ptr<Engine<Real>> make_cuda_engine(const EngineSetup&) {
  throw DeviceError("attention engine: this build has no CUDA backend");
}

template std::unique_ptr<Engine<float>> make_cuda_engine<float>(const EngineSetup&);
template std::unique_ptr<Engine<double>> make_cuda_engine<double>(const EngineSetup&);

}  // namespace attention

template <class Real>
std::unique_ptr<Network> make_cuda_network(NetworkSetup) {  // NOLINT(performance-unnecessary-value-param)
  throw DeviceError("network: this build has no CUDA backend");
}

template std::unique_ptr<Network> make_cuda_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_cuda_network<double>(NetworkSetup);

namespace transformer {

template <class Real>
std::unique_ptr<Attention<Real>> make_cublas_attention(AttentionKind, const AttentionShape&) {
  throw DeviceError("attention by cuBLAS: this build has no CUDA backend");
}

template <class Real>
void cublas_linear_attention(const AttentionProblem&, int, const Real*, const Real*, const Real*, Real*) {
  throw DeviceError("attention by cuBLAS: this build has no CUDA backend");
}

template std::unique_ptr<Attention<float>> make_cublas_attention(AttentionKind, const AttentionShape&);
template std::unique_ptr<Attention<double>> make_cublas_attention(AttentionKind, const AttentionShape&);
template void cublas_linear_attention(const AttentionProblem&, int, const float*, const float*, const float*, float*);
template void cublas_linear_attention(const AttentionProblem&, int, const double*, const double*, const double*,
                                      double*);

}  // namespace transformer

namespace memory {

template <class Real>
std::unique_ptr<MemoryEngine<Real>> make_cuda_memory_engine(const MemorySetup&) {
  throw DeviceError("associative memory: this build has no CUDA backend");
}

template std::unique_ptr<MemoryEngine<float>> make_cuda_memory_engine<float>(const MemorySetup&);
template std::unique_ptr<MemoryEngine<double>> make_cuda_memory_engine<double>(const MemorySetup&);

}  // namespace memory

}  // namespace tripartite
