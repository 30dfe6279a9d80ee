#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite::io {

/// An array of numbers in C order.
struct NpyArray {
  std::vector<std::size_t> shape;  // empty for a scalar
  std::vector<double> values;
};

/// Reads NumPy's format, versions 1 to 3: float64, float32, int64, int32, int8, uint8 and bool, little endian, C order.
/// Throws FileError with path and reason; also on an int64 that no double equals, and on bytes behind the array.
NpyArray read_npy(const std::filesystem::path& path);
/// The same from the bytes of a file; `source` names them in messages.
NpyArray parse_npy(std::string_view file, const std::string& source);

/// Writes an array as float64 or float32, by the type of the values, all or nothing. `values` has as many elements as
/// `shape` says, else ConfigError. Throws FileError.
template <class Real>
void write_npy(const std::filesystem::path& path, const std::vector<std::size_t>& shape, std::span<const Real> values);

}  // namespace tripartite::io
