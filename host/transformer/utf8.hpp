#pragma once

#include <string>
#include <string_view>

namespace tripartite::transformer {

/// The code points of UTF-8 text. Throws ConfigError that begins with `what` and names the offset of the first byte
/// that is no part of valid UTF-8 (overlong forms and surrogates are invalid).
std::u32string decode_utf8(std::string_view text, std::string_view what);

/// `text` is valid: a code point of it was decoded before.
std::string encode_utf8(std::u32string_view text);

/// Number of bytes at the beginning of `bytes` that are valid UTF-8.
std::size_t valid_utf8_prefix(std::string_view bytes);

/// For display only: every byte that is no part of valid UTF-8 becomes U+FFFD.
std::string replace_invalid_utf8(std::string_view bytes);

/// Unicode's property White_Space: regular expressions call it \s.
bool is_white_space(char32_t code_point);

/// Unicode's general category L, N, P, …: its first letter, as in \p{L}.
char category_letter(char32_t code_point);

}  // namespace tripartite::transformer
