#include "host/io/npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <functional>
#include <numeric>
#include <optional>
#include <type_traits>

#include "host/io/atomic_file.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

static_assert(std::endian::native == std::endian::little, "only little-endian arrays are read and written");

constexpr std::string_view magic("\x93NUMPY", 6);
constexpr std::size_t header_alignment = 64;

/// Parser of a header, which is one Python literal: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& source) : text_(text), source_(source) {}

  void read() {
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !type) {
        type = quoted();
      } else if (key == "fortran_order" && !is_fortran) {
        is_fortran = truth();
      } else if (key == "shape" && !shape) {
        shape = tuple();
      } else {
        throw fail(fmt::format("key '{:.50}' is unknown or occurs twice", key));
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (!text_.empty()) throw fail("text follows the closing brace");
    if (!type || !is_fortran || !shape) throw fail("must contain descr, fortran_order and shape");
  }

  FileError fail(std::string_view what) const { return FileError(fmt::format("{}: header: {}", source_, what)); }

  std::optional<std::string> type;
  std::optional<bool> is_fortran;
  std::optional<std::vector<std::size_t>> shape;

 private:
  void skip_space() {
    while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_.front())) != 0) text_.remove_prefix(1);
  }
  bool accept(char wanted) {
    skip_space();
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) throw fail(fmt::format("'{}' is missing", wanted));
  }
  std::string quoted() {
    skip_space();
    const char quote = text_.empty() ? '\0' : text_.front();
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) throw fail("expected a quoted word");
    std::string word(text_.substr(1, end - 1));
    text_.remove_prefix(end + 1);
    return word;
  }
  bool truth() {
    skip_space();
    for (const std::string_view word : {"True", "False"}) {
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return word == "True";
    }
    throw fail("fortran_order must be True or False");
  }
  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> sizes;
    expect('(');
    while (!accept(')')) {
      skip_space();
      std::size_t size = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (error != std::errc{}) throw fail("shape must contain natural numbers");
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      sizes.push_back(size);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return sizes;
  }

  std::string_view text_;
  const std::string& source_;
};

template <class Stored>
std::vector<double> converted(std::string_view bytes, const std::string& source) {
  std::vector<double> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<double>(stored);
    if constexpr (std::is_same_v<Stored, std::int64_t>) {
      constexpr std::int64_t exact = std::int64_t{1} << 53;
      if (stored > exact || stored < -exact)
        throw FileError(
            fmt::format("{}: element {} = {}: must be within ±2^53, where float64 is exact", source, i, stored));
    }
  }
  return values;
}

struct ElementType {
  std::string_view descr;
  std::size_t bytes;
  std::vector<double> (*convert)(std::string_view, const std::string&);
};
constexpr std::array<ElementType, 7> element_types{{{"<f8", 8, converted<double>},
                                                    {"<f4", 4, converted<float>},
                                                    {"<i8", 8, converted<std::int64_t>},
                                                    {"<i4", 4, converted<std::int32_t>},
                                                    {"|i1", 1, converted<std::int8_t>},
                                                    {"|u1", 1, converted<std::uint8_t>},
                                                    {"|b1", 1, converted<std::uint8_t>}}};

/// Splits `file` into the text of the header and the bytes of the array.
std::pair<std::string_view, std::string_view> split(std::string_view file, const std::string& source) {
  if (!file.starts_with(magic)) throw FileError(fmt::format("{}: not a .npy file", source));
  if (file.size() < magic.size() + 2) throw FileError(fmt::format("{}: is truncated in the header", source));
  const int version = static_cast<unsigned char>(file[magic.size()]);
  if (version < 1 || version > 3)
    throw FileError(fmt::format("{}: .npy version {}: must be 1, 2 or 3", source, version));
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::string_view rest = file.substr(magic.size() + 2);
  std::uint32_t length = 0;
  if (rest.size() < length_bytes) throw FileError(fmt::format("{}: is truncated in the header", source));
  std::memcpy(&length, rest.data(), length_bytes);
  rest.remove_prefix(length_bytes);
  if (rest.size() < length)
    throw FileError(
        fmt::format("{}: header of {} bytes, but only {} follow: is it truncated?", source, length, rest.size()));
  return {rest.substr(0, length), rest.substr(length)};
}

}  // namespace

NpyArray parse_npy(std::string_view file, const std::string& source) {
  const auto [text, bytes] = split(file, source);
  HeaderReader header(text, source);
  header.read();
  const auto* type = std::find_if(element_types.begin(), element_types.end(),
                                  [&](const ElementType& known) { return known.descr == *header.type; });
  if (header.type->find('O') != std::string::npos)
    throw header.fail(fmt::format(
        "element type '{:.50}': the array holds pickled Python objects, which are never loaded", *header.type));
  if (type == element_types.end())
    throw header.fail(fmt::format("element type '{:.50}': must be <f8, <f4, <i8, <i4, |i1, |u1 or |b1", *header.type));
  if (*header.is_fortran) throw header.fail("the array is in Fortran order: must be in C order");
  std::size_t needed = type->bytes;
  for (const std::size_t size : *header.shape)
    if (__builtin_mul_overflow(needed, size, &needed))
      throw header.fail(fmt::format("shape ({:.200}) has more elements than the address space can hold",
                                    fmt::format("{}", fmt::join(*header.shape, ", "))));
  if (bytes.size() != needed)
    throw FileError(
        fmt::format("{}: {} bytes of data, expected {} from shape and element type", source, bytes.size(), needed));
  return {*header.shape, type->convert(bytes, source)};
}

NpyArray read_npy(const std::filesystem::path& path) { return parse_npy(read_file(path), path.string()); }

template <class Real>
void write_npy(const std::filesystem::path& path, const std::vector<std::size_t>& shape, std::span<const Real> values) {
  const std::size_t elements = std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
  if (elements != values.size())
    throw ConfigError(fmt::format("{}: {} values, expected {} from the shape", path.string(), values.size(), elements));
  std::string header = fmt::format("{{'descr': '<f{}', 'fortran_order': False, 'shape': ({}{}), }}", sizeof(Real),
                                   fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  const std::size_t before = magic.size() + 4;  // magic, version, length
  const std::size_t whole = (before + header.size() + 1 + header_alignment - 1) / header_alignment * header_alignment;
  header.resize(whole - before - 1, ' ');
  header += '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  std::string file(magic);
  file.append({'\x01', '\x00', static_cast<char>(length & 0xFFU), static_cast<char>(length >> 8U)});
  file += header;
  file.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  write_file(path, file);
}

template void write_npy(const std::filesystem::path&, const std::vector<std::size_t>&, std::span<const float>);
template void write_npy(const std::filesystem::path&, const std::vector<std::size_t>&, std::span<const double>);

}  // namespace tripartite::io
