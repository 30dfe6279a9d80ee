#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace tripartite::run {

/// Writes the state of a simulation as named arrays of numbers, in the byte order of the machine:
///   "tripartite state" version kind, then per array: name, size of an element, number of elements, values.
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

 private:
  void write_text(std::string_view text);
  void write_bytes(std::string_view name, std::size_t element, std::size_t count, std::span<const std::byte> bytes);

  std::ostream& out_;
};

/// Reads what StateWriter wrote, array by array in the same order. Throws FileError that names the array, what was
/// expected and what was found.
class StateReader {
 public:
  StateReader(std::istream& in, std::string_view kind);

  template <class T>
  void read(std::string_view name, std::span<T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t count = read_header(name, sizeof(T));
    require_count(name, values.size(), count);
    read_bytes(name, std::as_writable_bytes(values));
  }
  template <class T>
  requires std::is_arithmetic_v<T> T read(std::string_view name) {
    T value{};
    read(name, std::span<T>(&value, 1));
    return value;
  }
  /// An array whose length the stream decides, at most `limit` elements; Container has resize().
  template <class Container>
  Container read_all(std::string_view name, std::size_t limit) {
    using T = typename Container::value_type;
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t count = read_header(name, sizeof(T));
    if (count > limit) require_count(name, limit, count);
    Container values;
    values.resize(count);
    read_bytes(name, std::as_writable_bytes(std::span<T>(values)));
    return values;
  }

  /// Throws FileError: the stream holds something else than was expected.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  std::string read_text(std::string_view what);
  std::size_t read_header(std::string_view name, std::size_t element);
  void require_count(std::string_view name, std::size_t expected, std::size_t found) const;
  void read_bytes(std::string_view what, std::span<std::byte> bytes);

  std::istream& in_;
};

}  // namespace tripartite::run
