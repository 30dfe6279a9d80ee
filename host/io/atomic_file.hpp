#pragma once

#include <filesystem>
#include <string_view>

namespace tripartite::io {

/// A file that appears under its name only when it is whole. The owner writes to `temporary_path()`, a new empty file
/// in the same directory, by whatever means, closes it, and calls `commit()`. Without that nothing is left, and a file
/// that had the name before is as it was.
class AtomicFile {
 public:
  /// Creates the temporary file. Throws FileError if the directory is absent or not writable, or if `path` is a
  /// directory.
  explicit AtomicFile(std::filesystem::path path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  const std::filesystem::path& path() const { return path_; }
  /// Empty after `commit()`.
  const std::filesystem::path& temporary_path() const { return temporary_path_; }

  /// Brings the contents to the disk and gives the file its name, replacing what had it. Throws FileError.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_path_;
};

/// Writes `contents` to `path`, all or nothing. Throws FileError.
void write_file(const std::filesystem::path& path, std::string_view contents);

}  // namespace tripartite::io
