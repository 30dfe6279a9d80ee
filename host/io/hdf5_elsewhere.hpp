#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "host/io/child_process.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/hdf5_guard.hpp"

/// HDF5 1.10 crashes on many damaged files, in its reader of groups and heaps as in that of texts, and writes beyond
/// its buffers on the way. Whatever is read from a file is therefore read by a child process, which opens the file
/// anew.
namespace tripartite::io::detail {

template <class T>
void put(ByteSink& out, const T& value) {
  out.put(value);
}
template <class T>
void put(ByteSink& out, const Hdf5Array<T>& array) {
  out.put(array.shape);
  out.put(array.values);
}
template <class T>
void take(ByteSource& in, T& value) {
  in.take(value);
}
template <class T>
void take(ByteSource& in, Hdf5Array<T>& array) {
  in.take(array.shape);
  in.take(array.values);
  std::size_t count = 1;
  for (const std::size_t size : array.shape)
    if (__builtin_mul_overflow(count, size, &count)) in.refuse();
  if (count != array.values.size()) in.refuse();
}

inline ChildLimits limits_for(const std::filesystem::path& path) {
  std::error_code none;  // a file that is not there is for the child to miss
  const std::uintmax_t found = std::filesystem::file_size(path, none);
  constexpr std::uint64_t slowest = std::uint64_t(1) << 20, room = std::uint64_t(256) << 20;  // [bytes/s], [bytes]
  constexpr std::uint64_t largest = std::uint64_t(1) << 48;  // so that nothing overflows
  const std::uint64_t bytes = none ? 0 : std::min<std::uint64_t>(found, largest), most = most_bytes(bytes);
  // A byte may become a double, in a buffer of HDF5 and in the result.
  return {.seconds = 2 + bytes / slowest, .memory = room + 16 * most, .result = room + 8 * most};
}

/// What `work` returns for the file at `path`.
template <class Result, class Work>
Result read_elsewhere(const std::filesystem::path& path, const Work& work) {
  Result result{};
  run_in_child(
      path.string(), limits_for(path),
      [&]() -> std::function<void(ByteSink&)> {
        const Hdf5File file = Hdf5File::open_here(path);
        return [made = work(file)](ByteSink& out) { put(out, made); };
      },
      [&](ByteSource& in) { take(in, result); });
  return result;
}

}  // namespace tripartite::io::detail
