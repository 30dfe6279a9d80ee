#include "kernels/network/device_memory.hpp"

#include <fmt/format.h>

#include "tripartite/error.hpp"

namespace tripartite::network::cuda {

void DeviceMemory::allocate() {
  std::size_t free = 0, total = 0;
  TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&free, &total));
  if (bytes_ > free)
    throw MemoryError(fmt::format("this network needs {} bytes on the device, {} are free", bytes_, free));
  for (const auto& allocation : allocations_) allocation();
  allocations_.clear();
}

}  // namespace tripartite::network::cuda
