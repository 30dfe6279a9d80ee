#pragma once

#include <filesystem>
#include <string_view>

namespace tripartite::io {

/// A file that appears under its name only when it is complete. The owner writes to `temporary_path()`, a new empty
/// file in the same directory, by any means, closes it, and calls `commit()`. Without `commit()` the temporary file is
/// removed and an existing file of the name is unchanged.
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

  /// Flushes what has been written so far to disk. Throws FileError.
  void synchronise() const;
  /// Flushes the contents to disk and renames the file, replacing an existing file of that name. Throws FileError.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_path_;
};

/// Writes `contents` to `path` atomically. Throws FileError.
void write_file(const std::filesystem::path& path, std::string_view contents);

}  // namespace tripartite::io
