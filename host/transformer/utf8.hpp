#pragma once

#include <string>
#include <string_view>

namespace tripartite::transformer {

/// The code points of UTF-8 text. Throws ConfigError that begins with `what` and gives the offset of the first byte
/// that is not part of valid UTF-8 (overlong forms and surrogates are invalid).
std::u32string decode_utf8(std::string_view text, std::string_view what);

/// `text` must be valid, as returned by decode_utf8.
std::string encode_utf8(std::u32string_view text);

/// Number of bytes at the beginning of `bytes` that are valid UTF-8.
std::size_t valid_utf8_prefix(std::string_view bytes);

/// For display only: every byte that is not part of valid UTF-8 becomes U+FFFD.
std::string replace_invalid_utf8(std::string_view bytes);

/// Unicode's property White_Space, \s in regular expressions.
bool is_white_space(char32_t code_point);

/// The first letter of Unicode's general category (L, N, P, …), as in \p{L}.
char category_letter(char32_t code_point);

}  // namespace tripartite::transformer
