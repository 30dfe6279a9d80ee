#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace tripartite::io {

/// The bytes of a file, mapped read-only into memory: a page is read on first access. The file must not be
/// truncated while it is mapped; files written by AtomicFile never are.
class MappedFile {
 public:
  /// Throws FileError with path and reason.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace tripartite::io
