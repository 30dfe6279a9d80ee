#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace tripartite::io {

/// The number that the whole text represents, without spaces or a leading plus; nullopt otherwise. Accepts infinities
/// and NaN.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace tripartite::io
