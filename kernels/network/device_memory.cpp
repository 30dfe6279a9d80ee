#include "kernels/network/device_memory.hpp"

#include "host/backend/require_memory.hpp"

namespace tripartite::network::cuda {

void DeviceMemory::allocate() {
  std::size_t free = 0, total = 0;
  TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&free, &total));
  require_device_memory("network", double(bytes_), double(free));
  for (const auto& allocation : allocations_) allocation();
  allocations_.clear();
}

}  // namespace tripartite::network::cuda
