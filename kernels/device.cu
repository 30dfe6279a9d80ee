#include <cuda_runtime.h>

#include "tripartite/backend.hpp"

namespace tripartite {

bool built_with_cuda() { return true; }

std::vector<Device> cuda_devices() {
  int count = 0;
  // No driver and no device are ordinary answers here, not errors; the pending error is cleared for the next check.
  if (cudaGetDeviceCount(&count) != cudaSuccess) {
    (void)cudaGetLastError();
    return {};
  }
  int current = 0;
  (void)cudaGetDevice(&current);
  std::vector<Device> devices;
  for (int index = 0; index < count; ++index) {
    cudaDeviceProp properties{};
    Device device;
    if (cudaGetDeviceProperties(&properties, index) != cudaSuccess || cudaSetDevice(index) != cudaSuccess ||
        cudaMemGetInfo(&device.memory_free_bytes, &device.memory_bytes) != cudaSuccess) {
      (void)cudaGetLastError();
      continue;
    }
    device.name = properties.name;
    devices.push_back(std::move(device));
  }
  (void)cudaSetDevice(current);
  return devices;
}

}  // namespace tripartite
