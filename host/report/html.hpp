#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripartite::report {

/// `text` as content or attribute value of HTML and XML. Invalid UTF-8 and characters that XML forbids become U+FFFD.
std::string escape(std::string_view text);

/// At most `characters` code points of `text`, the last an ellipsis if some were dropped.
std::string shorten(std::string_view text, std::size_t characters);

/// How a token is named in a picture or list: without the blanks around it; a token of nothing but blanks is made
/// visible.
std::string token_name(std::string_view token);

/// Three significant digits, "6.1e-5" where plain digits would be long; a dash if not finite.
std::string number(double value);

/// "99.93 %"; only exactly 1 is "100 %".
std::string percent(double fraction);

/// "1 head", "16 heads".
std::string count(std::size_t number, std::string_view thing);

/// A table whose first column names and whose other columns hold values, the last one words if `ends_with_words`. Cells
/// are HTML already.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  bool ends_with_words = false;
};
std::string to_html(const Table& table);

}  // namespace tripartite::report
