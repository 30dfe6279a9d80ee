#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "kernels/device_buffer.hpp"

namespace tripartite::network::cuda {

/// Collects what a network will need on the device, so that it can be refused before anything is allocated.
class DeviceMemory {
 public:
  /// `buffer` stays where it is until `allocate`.
  template <class T>
  void want(DeviceBuffer<T>& buffer, std::size_t size) {
    bytes_ += size * sizeof(T);
    allocations_.push_back([&buffer, size] { buffer = DeviceBuffer<T>(size); });
  }
  /// Throws MemoryError if it does not fit.
  void allocate();

 private:
  std::size_t bytes_ = 0;
  std::vector<std::function<void()>> allocations_;
};

}  // namespace tripartite::network::cuda
