#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "host/run/checkpoints.hpp"
#include "tripartite/error.hpp"

/// Pieces of work whose results are kept one by one (points of a sweep, rows of a study, layers): what is kept of a
/// piece is the numbers it found, as they lie in memory.
namespace tripartite::run {

/// Numbers and arrays of numbers, one after the other.
class PieceWriter {
 public:
  template <class T>
  PieceWriter& put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = std::as_bytes(std::span(&value, 1));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  template <class T>
  PieceWriter& put_all(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    put(std::uint64_t(values.size()));
    const auto bytes = std::as_bytes(values);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

/// Reads them in the same order. Throws FileError where the piece holds something else.
class PieceReader {
 public:
  explicit PieceReader(std::span<const std::byte> bytes) : left_(bytes) {}
  template <class T>
  T get() {
    T value;
    take(std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }
  template <class T>
  std::vector<T> get_all() {
    const auto count = get<std::uint64_t>();
    if (count > left_.size() / sizeof(T)) fail();
    std::vector<T> values(count);
    take(std::as_writable_bytes(std::span(values)));
    return values;
  }

 private:
  void take(std::span<std::byte> bytes) {
    if (bytes.size() > left_.size()) fail();
    if (!bytes.empty()) std::memcpy(bytes.data(), left_.data(), bytes.size());
    left_ = left_.subspan(bytes.size());
  }
  [[noreturn]] static void fail() {
    throw FileError("the journal of the run does not hold what this run finds in a piece of its work");
  }

  std::span<const std::byte> left_;
};

/// What was kept under `key`, or what `compute` returns, which is then kept. `checkpoints` may be null.
template <class Compute>
auto kept(Checkpoints* checkpoints, std::string_view key, Compute compute) {
  using T = decltype(compute());
  if (checkpoints != nullptr)
    if (const auto* found = checkpoints->finished(key)) return PieceReader(*found).get<T>();
  const T result = compute();
  if (checkpoints != nullptr) checkpoints->finish(key, PieceWriter().put(result).bytes());
  return result;
}

inline bool is_kept(const Checkpoints* checkpoints, std::string_view key) {
  return checkpoints != nullptr && checkpoints->finished(key) != nullptr;
}

}  // namespace tripartite::run
