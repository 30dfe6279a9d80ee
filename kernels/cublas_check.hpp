#pragma once

#include <cublas_v2.h>

namespace tripartite::detail {

/// Throws DeviceError (MemoryError if the device has not enough memory): call, place, cuBLAS's words.
[[noreturn]] void throw_cublas_error(cublasStatus_t status, const char* call, const char* file, int line);

}  // namespace tripartite::detail

/// Around every cuBLAS call. Not in destructors.
#define TRIPARTITE_CUBLAS_TRY(call)                                                 \
  do {                                                                              \
    if (const cublasStatus_t status_ = (call); status_ != CUBLAS_STATUS_SUCCESS)    \
      ::tripartite::detail::throw_cublas_error(status_, #call, __FILE__, __LINE__); \
  } while (false)
