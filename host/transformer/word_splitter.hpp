#pragma once

#include <string_view>
#include <vector>

namespace tripartite::transformer {

/// The pieces into which GPT-2's regular expression splits `text`; their concatenation is the text.
///   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// Throws ConfigError for text that is not valid UTF-8.
std::vector<std::string_view> split_words(std::string_view text);

}  // namespace tripartite::transformer
