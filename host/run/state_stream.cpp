#include "host/run/state_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <istream>
#include <ostream>

#include "tripartite/error.hpp"

namespace tripartite::run {
namespace {

constexpr std::string_view magic = "tripartite state";
constexpr std::uint32_t version = 3;
constexpr std::uint32_t longest_text = 1 << 12;

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span<const T>(&value, 1));
}

}  // namespace

void Checksum::put(std::span<const std::byte> bytes) {
  constexpr std::uint64_t odd = 0xff51afd7ed558ccd;  // so that multiplying loses nothing
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(bytes.size(), sizeof(word));
    std::memcpy(&word, bytes.data(), size);
    value_ = std::rotl((value_ ^ word) * odd, 29);
    bytes = bytes.subspan(size);
  }
}

StateWriter::StateWriter(std::ostream& out, std::string_view kind) : out_(out) {
  write_text(magic);
  put(bytes_of(version));
  write_text(kind);
}

void StateWriter::put(std::span<const std::byte> bytes) {
  checksum_.put(bytes);
  out_.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
  if (!out_) throw FileError("state of a simulation: the stream cannot be written");
}

void StateWriter::write_text(std::string_view text) {
  put(bytes_of(std::uint32_t(text.size())));
  put(std::as_bytes(std::span(text)));
}

void StateWriter::write_bytes(std::string_view name, std::size_t element, std::size_t count,
                              std::span<const std::byte> bytes) {
  write_text(name);
  put(bytes_of(std::uint64_t(element)));
  put(bytes_of(std::uint64_t(count)));
  put(bytes);
  const std::uint64_t so_far = checksum_.value();
  put(bytes_of(so_far));
}

StateReader::StateReader(std::istream& in, std::string_view kind) : in_(in) {
  if (read_text("format") != magic) throw FileError("state of a simulation: the stream does not hold one");
  std::uint32_t found = 0;
  read_bytes("version", std::as_writable_bytes(std::span(&found, 1)));
  if (found != version)
    throw FileError(fmt::format("state of a simulation: format version {}, expected {}", found, version));
  if (const std::string of = read_text("kind"); of != kind)
    throw FileError(fmt::format("state of a simulation: of \"{}\", expected \"{}\"", of, kind));
}

std::string StateReader::read_text(std::string_view what) {
  std::uint32_t size = 0;
  read_bytes(what, std::as_writable_bytes(std::span(&size, 1)));
  if (size > longest_text) throw FileError(fmt::format("state of a simulation: {} is damaged", what));
  std::string text(size, '\0');
  read_bytes(what, std::as_writable_bytes(std::span(text)));
  return text;
}

std::size_t StateReader::read_header(std::string_view name, std::size_t element) {
  if (const std::string found = read_text(name); found != name)
    throw FileError(fmt::format("state of a simulation: found \"{}\", expected \"{}\"", found, name));
  std::uint64_t size = 0, count = 0;
  read_bytes(name, std::as_writable_bytes(std::span(&size, 1)));
  read_bytes(name, std::as_writable_bytes(std::span(&count, 1)));
  if (size != element)
    throw FileError(
        fmt::format("state of a simulation: {} has elements of {} bytes, expected {}", name, size, element));
  return std::size_t(count);
}

void StateReader::fail(const std::string& what) const { throw FileError("state of a simulation: " + what); }

void StateReader::require_count(std::string_view name, std::size_t expected, std::size_t found) const {
  if (found != expected)
    throw FileError(fmt::format("state of a simulation: {} has {} values, expected {}", name, found, expected));
}

void StateReader::read_bytes(std::string_view what, std::span<std::byte> bytes) {
  in_.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(bytes.size()));
  if (std::size_t(in_.gcount()) != bytes.size())
    throw FileError(fmt::format("state of a simulation: the stream ends within {}", what));
  checksum_.put(bytes);
}

void StateReader::read_values(std::string_view name, std::span<std::byte> bytes) {
  read_bytes(name, bytes);
  const std::uint64_t expected = checksum_.value();
  std::uint64_t found = 0;
  read_bytes(name, std::as_writable_bytes(std::span(&found, 1)));
  if (found != expected) throw FileError(fmt::format("state of a simulation: {} is damaged", name));
}

void StateReader::throw_different(std::string_view name, double found, double expected) {
  throw FileError(fmt::format("state of a simulation: {} is {}, expected {}", name, found, expected));
}

void StateReader::require_fingerprint(std::string_view what, std::uint64_t expected) {
  if (read<std::uint64_t>(what) != expected)
    throw FileError(fmt::format("state of a simulation: {} differ from those of this simulation", what));
}

void StateReader::require_word(std::string_view name, std::string_view expected) {
  if (const auto found = read_all<std::string>(name, longest_text); found != expected)
    throw FileError(fmt::format("state of a simulation: {} is \"{}\", expected \"{}\"", name, found, expected));
}

}  // namespace tripartite::run
