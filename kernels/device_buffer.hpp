#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

#include "kernels/cuda_check.hpp"

namespace tripartite {

/// Owns `size` uninitialised values in the memory of the device that was current when it was made; moves, never copies.
/// Not thrust::device_vector, whose destructor ends the program if cudaFree fails, as it does after any device fault.
template <class T>
class DeviceBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  DeviceBuffer() = default;
  /// Throws MemoryError, DeviceError. A buffer of 0 values has no memory.
  explicit DeviceBuffer(std::size_t size) : size_(size) {
    if (size == 0) return;
    values_.reset(static_cast<T*>(detail::allocate_device_memory(size * sizeof(T))));
  }

  T* data() const { return values_.get(); }
  std::size_t size() const { return size_; }

  /// Copies on `stream`; `values` may be freed on return, since pageable memory is staged.
  void upload(std::span<const T> values, std::size_t offset, cudaStream_t stream) {
    if (!values.empty())
      TRIPARTITE_CUDA_TRY(
          cudaMemcpyAsync(data() + offset, values.data(), values.size_bytes(), cudaMemcpyHostToDevice, stream));
  }
  /// Waits for `stream` and copies [offset, offset + values.size()).
  void download(std::span<T> values, std::size_t offset, cudaStream_t stream) const {
    if (!values.empty())
      TRIPARTITE_CUDA_TRY(
          cudaMemcpyAsync(values.data(), data() + offset, values.size_bytes(), cudaMemcpyDeviceToHost, stream));
    TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream));
  }
  /// All bytes to 0, which is the value 0 of every number.
  void clear(cudaStream_t stream) {
    if (size_ > 0) TRIPARTITE_CUDA_TRY(cudaMemsetAsync(data(), 0, size_ * sizeof(T), stream));
  }

 private:
  struct Free {
    void operator()(T* first) const noexcept { (void)cudaFree(first); }  // the call that failed has reported
  };
  std::unique_ptr<T, Free> values_;
  std::size_t size_ = 0;
};

}  // namespace tripartite
