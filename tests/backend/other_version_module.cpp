#include "host/backend/cuda_module.hpp"

namespace {
constexpr tripartite::CudaModule table{tripartite::cuda_module_abi, "0.0.7", nullptr, {}, {}};
}

extern "C" __attribute__((visibility("default"))) const tripartite::CudaModule* tripartite_cuda_module() {
  return &table;
}
