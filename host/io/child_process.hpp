#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace tripartite::io::detail {

/// Where a child process puts its result.
class ByteSink {
 public:
  explicit ByteSink(int file) : file_(file) {}
  void put(std::span<const std::byte> bytes);
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void put(const T& value) { put(std::as_bytes(std::span<const T>(&value, 1))); }
  void put(const std::string& text);
  template <class T>
  void put(const std::vector<T>& values) {
    put(std::uint64_t(values.size()));
    if constexpr (std::is_trivially_copyable_v<T>)
      put(std::as_bytes(std::span(values)));
    else
      for (const T& value : values) put(value);
  }

 private:
  int file_;
};

/// Where its parent takes it from. What the child says of sizes is checked as it comes: a child that was led astray may
/// say anything.
class ByteSource {
 public:
  ByteSource(int file, std::uint64_t most) : file_(file), left_(most) {}
  void take(std::span<std::byte> bytes);
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void take(T& value) { take(std::as_writable_bytes(std::span<T>(&value, 1))); }
  void take(bool& value);
  void take(std::string& text);
  template <class T>
  void take(std::vector<T>& values) {
    std::uint64_t count = 0;
    take(count);
    if constexpr (std::is_trivially_copyable_v<T>) {
      require(count, sizeof(T));
      values.resize(std::size_t(count));
      take(std::as_writable_bytes(std::span(values)));
    } else {
      require(count, sizeof(std::uint64_t));
      values.resize(std::size_t(count));
      for (T& value : values) take(value);
    }
  }
  /// What came does not fit together.
  [[noreturn]] static void refuse();

 private:
  void require(std::uint64_t count, std::size_t bytes) const;

  int file_;
  std::uint64_t left_;  // bytes that may still come
};

/// What a child process may use.
struct ChildLimits {
  std::uint64_t seconds = 0;  // of computing
  std::uint64_t memory = 0;   // [bytes] beyond what this process has
  std::uint64_t result = 0;   // [bytes]
};

/// Calls `work` in a child process, which then sends what it returned; `take` takes that over in this one. A library
/// that reads and writes beyond its buffers where a file is damaged can harm nothing but the child. Throws the
/// FileError or MemoryError that `work` throws, and FileError that begins with `source` if the child crashes or exceeds
/// its limits.
void run_in_child(const std::string& source, const ChildLimits& limits,
                  const std::function<std::function<void(ByteSink&)>()>& work,
                  const std::function<void(ByteSource&)>& take);

}  // namespace tripartite::io::detail
