#include "host/io/text_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/io/parse_number.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// What separates the values of a line; a space stands for any number of blanks.
char separator_of(std::string_view line) {
  for (const char each : {',', ';', '\t'})
    if (line.find(each) != std::string_view::npos) return each;
  return ' ';
}

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> words;
  if (separator == ' ') {
    for (auto begin = line.find_first_not_of(blanks); begin != std::string_view::npos;) {
      const auto end = std::min(line.find_first_of(blanks, begin), line.size());
      words.push_back(line.substr(begin, end - begin));
      begin = line.find_first_not_of(blanks, end);
    }
    return words;
  }
  for (std::size_t begin = 0;;) {
    const auto end = line.find(separator, begin);
    words.push_back(trimmed(line.substr(begin, end - begin)));
    if (end == std::string_view::npos) return words;
    begin = end + 1;
  }
}

bool is_number(std::string_view word) { return parse_number<double>(word).has_value(); }

}  // namespace

TextTable TextTable::read(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  TextTable table;
  table.path_ = path;
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::string_view rest = text;
  if (rest.starts_with(byte_order_mark)) rest.remove_prefix(byte_order_mark.size());
  char separator = ' ';
  bool is_first = true;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trimmed(rest.substr(0, std::min(end, rest.find('#'))));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    if (std::exchange(is_first, false)) {
      table.first_line_ = number;
      separator = separator_of(line);
      const auto words = split(line, separator);
      // Not a single number: names. One of them that is a number was meant otherwise.
      if (std::none_of(words.begin(), words.end(), is_number)) {
        table.names_.assign(words.begin(), words.end());
        table.columns_.resize(words.size());
        continue;
      }
      table.columns_.resize(1);
    }
    const auto words = split(line, table.has_names() ? separator : separator_of(line));
    if (table.has_names() && words.size() != table.names_.size())
      throw FileError(fmt::format("{}: line {}: {} values, expected one for each of {} columns ({})", path.string(),
                                  number, words.size(), table.names_.size(), fmt::join(table.names_, ", ")));
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].empty() && !table.has_names() && i + 1 == words.size()) continue;  // "1, 2, 3," over several lines
      const auto value = parse_number<double>(words[i]);
      constexpr std::size_t shown = 40;
      if (!value || !std::isfinite(*value))
        throw FileError(fmt::format("{}: line {}, column {}{}: \"{}\": expected a number", path.string(), number, i + 1,
                                    table.has_names() ? fmt::format(" ({})", table.names_[i]) : "",
                                    words[i].substr(0, shown)));
      table.columns_[table.has_names() ? i : 0].push_back(*value);
      if (!table.has_names()) table.lines_.push_back(number);
    }
    if (table.has_names()) table.lines_.push_back(number);
  }
  if (table.columns_.empty()) throw FileError(path.string() + ": is empty");
  return table;
}

std::optional<std::size_t> TextTable::find(std::initializer_list<std::string_view> names) const {
  const auto found = std::find_first_of(names_.begin(), names_.end(), names.begin(), names.end());
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names_.begin());
}

void TextTable::require_only(std::initializer_list<std::string_view> names) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (std::find(names.begin(), names.end(), names_[i]) == names.end())
      throw FileError(fmt::format("{}: line {}, column {}: \"{}\" is no column of such a file; it has {}",
                                  path_.string(), first_line_, i + 1, names_[i], fmt::join(names, ", ")));
    if (std::find(names_.begin(), names_.begin() + std::ptrdiff_t(i), names_[i]) != names_.begin() + std::ptrdiff_t(i))
      throw FileError(
          fmt::format("{}: line {}, column {}: \"{}\" occurs twice", path_.string(), first_line_, i + 1, names_[i]));
  }
}

std::vector<std::int64_t> TextTable::integers(std::size_t column, std::int64_t lowest, std::int64_t highest) const {
  const std::vector<double>& values = columns_.at(column);
  std::vector<std::int64_t> result;
  result.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const double value = values[row];
    if (value != std::floor(value) || value < double(lowest) || value > double(highest))
      throw FileError(fmt::format("{}: line {}, column {} ({}): {}: expected a whole number from {} to {}",
                                  path_.string(), lines_[row], column + 1, names_.at(column), value, lowest, highest));
    result.push_back(static_cast<std::int64_t>(value));
  }
  return result;
}

void TextTable::fail_names(std::string_view expected) const {
  throw FileError(
      fmt::format("{}: line {}: expected the names of the columns, {}", path_.string(), first_line_, expected));
}

}  // namespace tripartite::io
