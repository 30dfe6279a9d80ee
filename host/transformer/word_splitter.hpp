#pragma once

#include <string_view>
#include <vector>

namespace tripartite::transformer {

/// The pieces that GPT-2's regular expression cuts `text` into; together they are the text.
///   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// Throws ConfigError on text that is not valid UTF-8.
std::vector<std::string_view> split_words(std::string_view text);

}  // namespace tripartite::transformer
