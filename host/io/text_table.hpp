#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite::io {

/// A table of numbers as text: a line with the names of the columns, then a line per row. The first line says what
/// separates: commas, semicolons, tabs or else spaces. Empty lines and what follows a # are skipped. Everything throws
/// FileError with file, line and column.
class TextTable {
 public:
  /// Without a line of names there is one column, which has no name and all numbers in the order of the file.
  static TextTable read(const std::filesystem::path& path);

  bool has_names() const { return !names_.empty(); }
  const std::vector<std::string>& names() const { return names_; }
  std::size_t rows() const { return lines_.size(); }

  /// The first column with one of these names; nullopt if there is none.
  std::optional<std::size_t> find(std::initializer_list<std::string_view> names) const;
  /// Throws if there is another column than these: a value that nobody reads is an error.
  void require_only(std::initializer_list<std::string_view> names) const;

  const std::vector<double>& numbers(std::size_t column) const { return columns_.at(column); }
  /// The same of whole numbers from `lowest` to `highest`.
  std::vector<std::int64_t> integers(std::size_t column, std::int64_t lowest, std::int64_t highest) const;

  /// The error of a file whose columns are not as expected.
  [[noreturn]] void fail_names(std::string_view expected) const;

 private:
  std::filesystem::path path_;
  std::size_t first_line_ = 1;  // that is not empty
  std::vector<std::string> names_;
  std::vector<std::vector<double>> columns_;
  std::vector<std::size_t> lines_;  // number of the line of each row
};

}  // namespace tripartite::io
