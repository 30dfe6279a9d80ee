// The table through which the program reaches everything in this folder.
#include "host/backend/cuda_module.hpp"
#include "kernels/attention/cuda_engine.hpp"
#include "kernels/device.hpp"
#include "kernels/memory/cuda_engine.hpp"
#include "kernels/network/cuda_network.hpp"
#include "kernels/transformer/cublas_attention.hpp"
#include "tripartite/version.hpp"

namespace tripartite {
namespace {

template <class Real>
constexpr CudaFactories<Real> factories{
    .attention_engine = attention::cuda::make_engine<Real>,
    .memory_engine = memory::cuda::make_engine<Real>,
    .network = network::cuda::make_network<Real>,
    .reference_attention = transformer::cuda::make_attention<Real>,
    .linear_attention = transformer::cuda::linear_attention<Real>,
};

constexpr CudaModule table{
    .abi = cuda_module_abi,
    .version = TRIPARTITE_VERSION,
    .devices = cuda::devices,
    .float32 = factories<float>,
    .float64 = factories<double>,
};

}  // namespace
}  // namespace tripartite

extern "C" const tripartite::CudaModule* tripartite_cuda_module() { return &tripartite::table; }
