#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace tripartite::run {

/// Depends on every word put in: changing one word always changes the value, changing more almost always does.
class Checksum {
 public:
  /// A last word that is not full counts as padded with zeros.
  void put(std::span<const std::byte> bytes);
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x9e3779b97f4a7c15;
};

/// Writes the state of a simulation as named arrays of numbers, in the byte order of the machine:
///   "tripartite state" version kind, then per array: name, size of an element, number of elements, values, checksum of
///   the stream so far.
/// Throws FileError if the stream fails.
class StateWriter {
 public:
  /// `kind` tells simulators and precisions apart: "population float32".
  StateWriter(std::ostream& out, std::string_view kind);

  template <class T>
  void write(std::string_view name, std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    write_bytes(name, sizeof(T), values.size(), std::as_bytes(values));
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  void write(std::string_view name, T value) { write(name, std::span<const T>(&value, 1)); }

  // What a reader requires to find again: one list of calls serves both.
  template <class T>
  void require(std::string_view name, T value) {
    write(name, value);
  }
  void require_word(std::string_view name, std::string_view word) { write(name, std::span<const char>(word)); }
  void require_fingerprint(std::string_view what, std::uint64_t value) { write(what, value); }

 private:
  void write_text(std::string_view text);
  void write_bytes(std::string_view name, std::size_t element, std::size_t count, std::span<const std::byte> bytes);

  void put(std::span<const std::byte> bytes);

  std::ostream& out_;
  Checksum checksum_;
};

/// Reads what StateWriter wrote, array by array in the same order. Throws FileError that names the array, what was
/// expected and what was found. It reads no further than the last array asked for, so that states can follow each other
/// in one stream. A simulation reads everything before it changes anything.
class StateReader {
 public:
  StateReader(std::istream& in, std::string_view kind);

  template <class T>
  void read(std::string_view name, std::span<T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t count = read_header(name, sizeof(T));
    require_count(name, values.size(), count);
    read_values(name, std::as_writable_bytes(values));
  }
  template <class T>
  requires std::is_arithmetic_v<T> T read(std::string_view name) {
    T value{};
    read(name, std::span<T>(&value, 1));
    return value;
  }
  /// One number that must be the same in the simulation that loads, such as the size of a network.
  template <class T>
  requires std::is_arithmetic_v<T>
  void require(std::string_view name, T expected) {
    if (const T found = read<T>(name); found != expected) throw_different(name, double(found), double(expected));
  }
  /// A fingerprint of what is too long to be named number by number; `what` says what it is of.
  void require_fingerprint(std::string_view what, std::uint64_t expected);
  /// A word that must be the same, such as the name of a method.
  void require_word(std::string_view name, std::string_view expected);
  /// An array whose length the stream decides, at most `limit` elements; Container has resize().
  template <class Container>
  Container read_all(std::string_view name, std::size_t limit) {
    using T = typename Container::value_type;
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t count = read_header(name, sizeof(T));
    if (count > limit) require_count(name, limit, count);
    // Part by part: a count that is damaged ends the stream before it exhausts the memory.
    constexpr std::size_t part = std::size_t(1) << 16;
    Container values;
    while (values.size() < count) {
      const std::size_t begin = values.size();
      values.resize(std::min(count, begin + part));
      read_bytes(name, std::as_writable_bytes(std::span<T>(values).subspan(begin)));
    }
    read_values(name, {});
    return values;
  }

  /// Throws FileError: the stream holds something else than was expected.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  std::string read_text(std::string_view what);
  std::size_t read_header(std::string_view name, std::size_t element);
  void require_count(std::string_view name, std::size_t expected, std::size_t found) const;
  void read_bytes(std::string_view what, std::span<std::byte> bytes);
  void read_values(std::string_view name, std::span<std::byte> bytes);
  [[noreturn]] static void throw_different(std::string_view name, double found, double expected);

  std::istream& in_;
  Checksum checksum_;
};

}  // namespace tripartite::run
