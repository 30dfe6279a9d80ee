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
/// Throws FileError with path and reason, also for an int64 beyond ±2^53, for bytes after the array, and for pickled
/// objects.
NpyArray read_npy(const std::filesystem::path& path);
/// As read_npy, from the bytes of a file; messages refer to them as `source`.
NpyArray parse_npy(std::string_view file, const std::string& source);

/// Writes an array atomically as float64 or float32, depending on the type of the values. Throws ConfigError unless the
/// size of `values` is the product of `shape`, and FileError.
template <class Real>
void write_npy(const std::filesystem::path& path, const std::vector<std::size_t>& shape, std::span<const Real> values);

}  // namespace tripartite::io
