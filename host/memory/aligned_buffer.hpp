#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace tripartite::memory {

/// Owns `size` values on a cache-line border, uninitialised, so that the threads that work on them first also place
/// their pages.
template <class T>
class AlignedBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t size) : values_(static_cast<T*>(::operator new(size * sizeof(T), alignment))) {}

  T* data() const { return values_.get(); }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(T* first) const { ::operator delete(first, alignment); }
  };
  std::unique_ptr<T, Free> values_;
};

}  // namespace tripartite::memory
