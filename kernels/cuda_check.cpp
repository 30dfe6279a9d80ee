#include "kernels/cuda_check.hpp"

#include <string>
#include <string_view>

#include "host/backend/require_memory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::detail {

void throw_device_error(cudaError_t status, const char* call, const char* file, int line) {
  (void)cudaGetLastError();
  std::string_view place(file);
  if (const auto room = place.rfind("kernels/"); room != std::string_view::npos) place.remove_prefix(room);
  const std::string message = std::string(call) + " failed at " + std::string(place) + ":" + std::to_string(line) +
                              ": " + cudaGetErrorName(status) + ": " + cudaGetErrorString(status);
  if (status == cudaErrorMemoryAllocation) throw MemoryError(message);
  throw DeviceError(message);
}

void* allocate_device_memory(std::size_t bytes) {
  void* first = nullptr;
  const cudaError_t status = cudaMalloc(&first, bytes);
  if (status == cudaSuccess) return first;
  if (status != cudaErrorMemoryAllocation) throw_device_error(status, "cudaMalloc", __FILE__, __LINE__);
  (void)cudaGetLastError();
  std::size_t free = 0, total = 0;
  TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&free, &total));
  throw MemoryError("CUDA device: needs " + in_gib(double(bytes)) + " of memory, " + in_gib(double(free)) + " of " +
                    in_gib(double(total)) + " are available, perhaps in parts that are too small");
}

}  // namespace tripartite::detail
