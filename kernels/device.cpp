#include "kernels/device.hpp"

#include <cuda_runtime_api.h>

#include <utility>

#include "tripartite/error.hpp"

namespace tripartite::cuda {

CudaDevices devices() {
  int count = 0;
  // No device is an ordinary answer here, not an error; the pending error is cleared for the next check.
  if (const cudaError_t status = cudaGetDeviceCount(&count); status != cudaSuccess) {
    (void)cudaGetLastError();
    return {{}, cudaGetErrorString(status)};
  }
  CudaDevices found;
  for (int index = 0; index < count; ++index) {
    cudaDeviceProp properties{};
    if (const cudaError_t status = cudaGetDeviceProperties(&properties, index); status != cudaSuccess) {
      (void)cudaGetLastError();
      found.reason = cudaGetErrorString(status);
      continue;
    }
    found.devices.push_back({properties.name, properties.totalGlobalMem});
  }
  return found;
}

int device_count() {
  int count = 0;
  if (const cudaError_t status = cudaGetDeviceCount(&count); status != cudaSuccess || count == 0) {
    (void)cudaGetLastError();
    throw DeviceError(std::string("backend cuda: no device answers: ") + cudaGetErrorString(status));
  }
  return count;
}

}  // namespace tripartite::cuda
