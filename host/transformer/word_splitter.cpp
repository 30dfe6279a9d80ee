#include "host/transformer/word_splitter.hpp"

#include <array>

#include "host/transformer/utf8.hpp"

namespace tripartite::transformer {
namespace {

enum class Kind { space, letter, number, other };

Kind kind_of(char32_t c) {
  if (is_white_space(c)) return Kind::space;
  const char category = category_letter(c);
  if (category == 'L') return Kind::letter;
  return category == 'N' ? Kind::number : Kind::other;
}

/// The alternatives of the regular expression in order; each returns the matched length in code points, 0: no match.
std::size_t contraction(std::u32string_view text) {
  constexpr std::array<std::u32string_view, 7> endings{U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"};
  for (const std::u32string_view ending : endings)
    if (text.starts_with(ending)) return ending.size();
  return 0;
}

std::size_t run(std::u32string_view text, Kind kind) {
  std::size_t length = 0;
  while (length < text.size() && kind_of(text[length]) == kind) ++length;
  return length;
}

std::size_t word(std::u32string_view text) {  // letters, digits or other symbols, with a preceding space
  const std::size_t space = text[0] == U' ' ? 1 : 0;
  if (text.size() == space) return 0;
  const Kind kind = kind_of(text[space]);
  return kind == Kind::space ? 0 : space + run(text.substr(space), kind);
}

std::size_t white_space(std::u32string_view text) {
  const std::size_t length = run(text, Kind::space);
  // \s+(?!\S): the last space is left to the following word, unless it is the only one.
  return length < text.size() && length > 1 ? length - 1 : length;
}

std::size_t first_piece(std::u32string_view text) {
  if (const std::size_t length = contraction(text); length > 0) return length;
  if (const std::size_t length = word(text); length > 0) return length;
  return white_space(text);
}

std::size_t utf8_length(char32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

}  // namespace

std::vector<std::string_view> split_words(std::string_view text) {
  const std::u32string code_points = decode_utf8(text, "text");
  std::vector<std::string_view> pieces;
  std::u32string_view rest = code_points;
  while (!rest.empty()) {
    const std::size_t length = first_piece(rest);
    std::size_t bytes = 0;
    for (const char32_t c : rest.substr(0, length)) bytes += utf8_length(c);
    pieces.push_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
    rest.remove_prefix(length);
  }
  return pieces;
}

}  // namespace tripartite::transformer
