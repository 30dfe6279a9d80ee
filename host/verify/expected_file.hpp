#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tripartite::verify {

/// The expected values of a reference case (HDF5), whole datasets at a time.
class ExpectedFile {
 public:
  /// Throws FileError if it is missing or not HDF5.
  explicit ExpectedFile(const std::filesystem::path& path);
  ExpectedFile(const ExpectedFile&) = delete;
  ExpectedFile& operator=(const ExpectedFile&) = delete;
  ~ExpectedFile();

  /// Names in a group, in alphabetical order.
  std::vector<std::string> names(const std::string& group) const;
  bool contains(const std::string& group, const std::string& name) const;
  /// In C order. Throws FileError if there is no such dataset of numbers.
  std::vector<double> numbers(const std::string& dataset) const;
  std::vector<int> integers(const std::string& dataset) const;

 private:
  std::string path_;
  std::int64_t file_;
};

}  // namespace tripartite::verify
