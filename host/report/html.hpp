#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripartite::report {

/// Escapes `text` as content or attribute value of HTML and XML. Invalid UTF-8 and characters that XML forbids become
/// U+FFFD.
std::string escape(std::string_view text);
/// The same document with numbers such as 1.8e-4 that a browser must not break behind the hyphen.
std::string with_whole_numbers(std::string_view html);

/// At most `characters` code points of `text`, the last an ellipsis if some were dropped.
std::string shorten(std::string_view text, std::size_t characters);

/// The label of a token in a picture or list: without surrounding blanks; a token of only blanks becomes a visible
/// symbol.
std::string token_name(std::string_view token);

/// Three significant digits, or two as in "6.1e-5" where plain digits would be long; a dash if not finite.
std::string number(double value);

/// "99.93 %"; "100 %" only for exactly 1.
std::string percent(double fraction);

/// "1 head", "16 heads".
std::string count(std::size_t number, std::string_view thing);

/// A table with names in the first column and values in the others, or text in the last one if `ends_with_words`. Cells
/// are already HTML.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  bool ends_with_words = false;
};
std::string to_html(const Table& table);

}  // namespace tripartite::report
