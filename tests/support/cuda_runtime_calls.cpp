#include "support/cuda_runtime_calls.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>

#include "support/cuda_runtime.hpp"

namespace {

template <class Function>
Function* of_runtime(const char* name) {
  void* function = tripartite::tests::find_in_cuda_runtime(name);
  if (function == nullptr) throw std::logic_error(std::string(name) + " was called, but there is no CUDA runtime");
  return reinterpret_cast<Function*>(function);
}

constexpr int out_of_memory = 2, out_of_resources = 701;  // cudaErrorMemoryAllocation, cudaErrorLaunchOutOfResources

}  // namespace

namespace tripartite::tests {

RuntimeCalls& runtime_calls() {
  static RuntimeCalls calls;
  return calls;
}

}  // namespace tripartite::tests

extern "C" int cudaMalloc(void** first, std::size_t bytes) {
  auto& calls = tripartite::tests::runtime_calls();
  if (++calls.allocations == calls.failing_allocation) return out_of_memory;
  static auto* const function = of_runtime<int(void**, std::size_t)>("cudaMalloc");
  return function(first, bytes);
}

extern "C" int cudaGetLastError() {
  auto& calls = tripartite::tests::runtime_calls();
  if (calls.failing_check > 0 && --calls.failing_check == 0) return out_of_resources;
  static auto* const function = of_runtime<int()>("cudaGetLastError");
  return function();
}
