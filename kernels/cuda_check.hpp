#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace tripartite::detail {

/// Clears the error, or the next check would report it again, and throws DeviceError (MemoryError if the device has not
/// enough memory): call, place, the driver's words.
[[noreturn]] void throw_device_error(cudaError_t status, const char* call, const char* file, int line);

/// Memory of the current device, more than 0 bytes. Throws MemoryError with what was wanted and what is free,
/// DeviceError.
void* allocate_device_memory(std::size_t bytes);

}  // namespace tripartite::detail

/// Around every runtime call, and around cudaGetLastError() after every launch. Not in destructors.
#define TRIPARTITE_CUDA_TRY(call)                                                   \
  do {                                                                              \
    if (const cudaError_t status_ = (call); status_ != cudaSuccess)                 \
      ::tripartite::detail::throw_device_error(status_, #call, __FILE__, __LINE__); \
  } while (false)
