#include "host/transformer/wordpiece.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <optional>

#include "host/io/contained_file.hpp"
#include "host/io/text_file.hpp"
#include "host/transformer/utf8.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

constexpr std::array<std::u32string_view, 5> special_tokens{U"[PAD]", U"[UNK]", U"[CLS]", U"[SEP]", U"[MASK]"};
constexpr std::size_t longest_word = 100;  // code points; longer words become [UNK]

bool is_dropped(char32_t c) {
  if (c == 0 || c == 0xFFFD) return true;
  if (c == '\t' || c == '\n' || c == '\r') return false;
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_CO;
}

/// The blocks that BERT isolates; 2B920 is BERT's own typo for 2B820, and the model was trained with it.
bool is_ideograph(char32_t c) {
  constexpr std::array<std::array<char32_t, 2>, 8> blocks{{{0x4E00, 0x9FFF},
                                                           {0x3400, 0x4DBF},
                                                           {0x20000, 0x2A6DF},
                                                           {0x2A700, 0x2B73F},
                                                           {0x2B740, 0x2B81F},
                                                           {0x2B920, 0x2CEAF},
                                                           {0xF900, 0xFAFF},
                                                           {0x2F800, 0x2FA1F}}};
  return std::any_of(blocks.begin(), blocks.end(), [c](const auto& block) { return c >= block[0] && c <= block[1]; });
}

/// ASCII symbols such as $ and + count as punctuation too.
bool is_punctuation(char32_t c) {
  if (c < 0x80) return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
  return category_letter(c) == 'P';
}

/// Removes control characters, converts white space to spaces and surrounds ideographs with spaces.
std::u32string cleaned(std::u32string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (const char32_t c : text) {
    if (is_dropped(c)) continue;
    if (is_white_space(c)) {
      result += U' ';
    } else if (is_ideograph(c)) {
      result += {U' ', c, U' '};
    } else {
      result += c;
    }
  }
  return result;
}

/// Canonical decomposition (NFD) of valid text.
std::u32string decomposed(std::u32string_view text) {
  const std::string bytes = encode_utf8(text);
  std::vector<utf8proc_int32_t> buffer(bytes.size() + 1);
  for (;;) {
    const auto count = utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(bytes.data()),
                                          static_cast<utf8proc_ssize_t>(bytes.size()), buffer.data(),
                                          static_cast<utf8proc_ssize_t>(buffer.size()), UTF8PROC_DECOMPOSE);
    if (count < 0) throw ConfigError(fmt::format("text cannot be normalised: {}", utf8proc_errmsg(count)));
    const auto needed = static_cast<std::size_t>(count);
    if (needed <= buffer.size()) return {buffer.begin(), buffer.begin() + count};
    buffer.resize(needed);
  }
}

std::u32string normalised(std::u32string_view text) {
  std::u32string result;
  for (const char32_t c : decomposed(cleaned(text))) {
    const auto code_point = static_cast<utf8proc_int32_t>(c);
    if (utf8proc_category(code_point) == UTF8PROC_CATEGORY_MN) continue;
    // U+0130, the only capital whose lower case is longer than one code point, has been decomposed before.
    result += static_cast<char32_t>(utf8proc_tolower(code_point));
  }
  return result;
}

/// The special token at the beginning of `text`, or empty.
std::u32string_view leading_special(std::u32string_view text) {
  for (const std::u32string_view special : special_tokens)
    if (text.starts_with(special)) return special;
  return {};
}

}  // namespace

WordPiece::WordPiece(std::string_view vocabulary, const std::string& source) {
  for (std::size_t line = 1; !vocabulary.empty(); ++line) {
    const std::size_t end = std::min(vocabulary.find('\n'), vocabulary.size());
    std::string_view token = vocabulary.substr(0, end);
    vocabulary.remove_prefix(std::min(end + 1, vocabulary.size()));
    if (token.ends_with('\r')) token.remove_suffix(1);
    if (token.empty()) throw FileError(fmt::format("{}: line {} is empty: must contain a token", source, line));
    if (valid_utf8_prefix(token) != token.size())
      throw FileError(fmt::format("{}: line {}: not valid UTF-8", source, line));
    if (!vocabulary_.add(std::string(token)))
      throw FileError(fmt::format("{}: line {}: token \"{}\" occurs twice", source, line, token));
  }
  for (const std::u32string_view special : special_tokens)
    if (const std::string token = encode_utf8(special); !vocabulary_.id(token))
      throw FileError(fmt::format("{}: not a WordPiece vocabulary: token {} not found", source, token));
  unknown_ = *vocabulary_.id("[UNK]");
  begin_ = *vocabulary_.id("[CLS]");
  end_ = *vocabulary_.id("[SEP]");
}

WordPiece WordPiece::open_directory(const std::filesystem::path& directory) {
  const std::filesystem::path file = io::contained_file(directory, "vocab.txt");
  return {io::read_file(file), file.string()};
}

WordPiece::Encoding WordPiece::encode(std::string_view text, std::size_t maximum_length) const {
  if (maximum_length < 2)
    throw ConfigError(
        fmt::format("maximum length = {} tokens: must be at least 2, for [CLS] and [SEP]", maximum_length));
  const std::u32string code_points = decode_utf8(text, "text");
  std::vector<int> pieces;
  std::size_t written = 0;  // everything before this index is in `pieces`
  for (std::size_t i = 0; i < code_points.size();) {
    const std::u32string_view special = leading_special(std::u32string_view(code_points).substr(i));
    if (special.empty()) {
      ++i;
      continue;
    }
    append_text(std::u32string_view(code_points).substr(written, i - written), pieces);
    pieces.push_back(*vocabulary_.id(encode_utf8(special)));
    i += special.size();
    written = i;
  }
  append_text(std::u32string_view(code_points).substr(written), pieces);

  Encoding result;
  result.untruncated_count = pieces.size() + 2;
  pieces.resize(std::min(pieces.size(), maximum_length - 2));
  result.ids.push_back(begin_);
  result.ids.insert(result.ids.end(), pieces.begin(), pieces.end());
  result.ids.push_back(end_);
  for (const int id : result.ids) result.tokens.push_back(vocabulary_.token(id));
  return result;
}

void WordPiece::append_text(std::u32string_view text, std::vector<int>& ids) const {
  const std::u32string normal = normalised(text);
  std::size_t word = 0;  // beginning of the current word
  for (std::size_t i = 0; i < normal.size(); ++i) {
    const bool stands_alone = is_punctuation(normal[i]);
    if (!stands_alone && !is_white_space(normal[i])) continue;
    append_word(std::u32string_view(normal).substr(word, i - word), ids);
    if (stands_alone) append_word(std::u32string_view(normal).substr(i, 1), ids);
    word = i + 1;
  }
  append_word(std::u32string_view(normal).substr(word), ids);
}

void WordPiece::append_word(std::u32string_view word, std::vector<int>& ids) const {
  if (word.empty()) return;
  if (word.size() > longest_word) return ids.push_back(unknown_);
  const std::size_t before = ids.size();
  for (std::size_t first = 0; first < word.size();) {
    std::size_t count = std::min(word.size() - first, vocabulary_.longest_bytes());
    std::optional<int> id;
    for (; count > 0 && !id; --count)
      id = vocabulary_.id((first > 0 ? "##" : "") + encode_utf8(word.substr(first, count)));
    if (!id) {  // one position without a match makes the whole word unknown
      ids.resize(before);
      return ids.push_back(unknown_);
    }
    ids.push_back(*id);
    first += count + 1;
  }
}

}  // namespace tripartite::transformer
