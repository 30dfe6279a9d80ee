#include "host/transformer/utf8.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <array>
#include <utility>

#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

/// The code point at the beginning of `bytes` and its length, 0 if it is invalid.
std::pair<char32_t, std::size_t> first_code_point(std::string_view bytes) {
  utf8proc_int32_t value = 0;
  const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(bytes.data()),
                                       static_cast<utf8proc_ssize_t>(bytes.size()), &value);
  if (length <= 0) return {0, 0};
  return {static_cast<char32_t>(value), static_cast<std::size_t>(length)};
}

}  // namespace

std::u32string decode_utf8(std::string_view text, std::string_view what) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto [value, length] = first_code_point(text.substr(i));
    if (length == 0)
      throw ConfigError(fmt::format("{}: not valid UTF-8 at byte offset {} (0x{:02X})", what, i,
                                    static_cast<unsigned char>(text[i])));
    result.push_back(value);
    i += length;
  }
  return result;
}

std::string encode_utf8(std::u32string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char32_t code_point : text) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
    result.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length));
  }
  return result;
}

std::size_t valid_utf8_prefix(std::string_view bytes) {
  std::size_t valid = 0;
  while (valid < bytes.size()) {
    const std::size_t length = first_code_point(bytes.substr(valid)).second;
    if (length == 0) break;
    valid += length;
  }
  return valid;
}

std::string replace_invalid_utf8(std::string_view bytes) {
  std::string result;
  while (!bytes.empty()) {
    const std::size_t valid = valid_utf8_prefix(bytes);
    result += bytes.substr(0, valid);
    bytes.remove_prefix(valid);
    if (bytes.empty()) break;
    result += "\xEF\xBF\xBD";
    bytes.remove_prefix(1);
  }
  return result;
}

bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

char category_letter(char32_t code_point) {
  return utf8proc_category_string(static_cast<utf8proc_int32_t>(code_point))[0];
}

}  // namespace tripartite::transformer
