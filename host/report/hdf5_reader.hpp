#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tripartite::report {

/// Reads an HDF5 file. Every path is absolute inside the file. What is there but cannot be read is a FileError that
/// names file and path.
class Hdf5Reader {
 public:
  /// Throws FileError if `path` is not an HDF5 file.
  explicit Hdf5Reader(const std::filesystem::path& path);
  Hdf5Reader(const Hdf5Reader&) = delete;
  Hdf5Reader& operator=(const Hdf5Reader&) = delete;
  ~Hdf5Reader();

  bool has(const std::string& path) const;
  /// Names in a group, in alphabetical order; none if there is no such group.
  std::vector<std::string> children(const std::string& group) const;
  std::vector<std::size_t> shape(const std::string& dataset) const;
  std::vector<double> numbers(const std::string& dataset) const;
  /// Rows [first, first + rows) of one column of a matrix.
  std::vector<double> column(const std::string& dataset, std::size_t column, std::size_t first, std::size_t rows) const;
  std::vector<std::string> strings(const std::string& dataset) const;
  std::optional<double> number_attribute(const std::string& object, const std::string& name) const;
  std::optional<std::string> text_attribute(const std::string& object, const std::string& name) const;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::int64_t file_;
};

}  // namespace tripartite::report
