#include "fuzz/repaired_state.hpp"

#include <cstdint>
#include <cstring>
#include <span>

#include "host/run/state_stream.hpp"

namespace tripartite::fuzz {
namespace {

/// Copies a stream piece by piece and keeps the checksum of what was copied.
class Copy {
 public:
  explicit Copy(std::string_view from) : rest_(from) {}

  /// False, with nothing copied, if so many bytes do not follow.
  bool take(std::size_t count) {
    if (count > rest_.size()) return false;
    put(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return true;
  }
  template <class T>
  bool number(T& value) {
    if (rest_.size() < sizeof(T)) return false;
    std::memcpy(&value, rest_.data(), sizeof(T));
    return take(sizeof(T));
  }
  bool text() {
    std::uint32_t size = 0;
    return number(size) && take(size);
  }
  bool checksum() {
    const std::uint64_t fitting = sum_.value();
    if (rest_.size() < sizeof fitting) return false;
    rest_.remove_prefix(sizeof fitting);
    put({reinterpret_cast<const char*>(&fitting), sizeof fitting});
    return true;
  }
  std::string finish() { return copied_.append(rest_); }

 private:
  void put(std::string_view bytes) {
    copied_ += bytes;
    sum_.put(std::as_bytes(std::span(bytes)));
  }

  std::string_view rest_;
  std::string copied_;
  run::Checksum sum_;
};

/// The reader puts long arrays into the checksum in parts of so many elements; a part that ends within a word is
/// padded.
bool take_values(Copy& copy, std::uint64_t size, std::uint64_t count) {
  constexpr std::uint64_t most = 1 << 24;
  return size < most && count < most && copy.take(std::size_t(size * count));
}

}  // namespace

std::string repaired_state(std::string_view bytes) {
  Copy copy(bytes);
  std::uint32_t version = 0;
  bool goes_on = copy.text() && copy.number(version) && copy.text();
  while (goes_on) {
    std::uint64_t size = 0, count = 0;
    goes_on =
        copy.text() && copy.number(size) && copy.number(count) && take_values(copy, size, count) && copy.checksum();
  }
  return copy.finish();
}

}  // namespace tripartite::fuzz
