#include "host/io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "host/io/descriptor.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

[[noreturn]] void throw_file_error(const std::filesystem::path& path, const char* what, int error) {
  throw FileError(fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(error)));
}

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

void synchronise(const std::filesystem::path& path, const std::filesystem::path& named, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.get() < 0) throw_file_error(named, "cannot be written", errno);
  // EINVAL: the file system does not support synchronisation, which is not an error of this file.
  if (::fsync(file.get()) != 0 && errno != EINVAL) throw_file_error(named, "cannot be flushed to disk", errno);
}

std::filesystem::path create_temporary(const std::filesystem::path& path) {
  static std::atomic<unsigned> counter{0};
  for (;;) {
    std::filesystem::path candidate =
        directory_of(path) / fmt::format(".{}.{}.{}.partial", path.filename().string(), ::getpid(), counter++);
    // Created exclusively and with the user's umask; mkstemp would make the finished file private to its owner.
    const Descriptor file(::open(candidate.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file.get() >= 0) return candidate;
    if (errno != EEXIST) throw_file_error(path, "cannot be created", errno);
  }
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  if (!path_.has_filename())
    throw FileError(fmt::format("\"{}\": cannot be created: the path has no file name", path_.string()));
  if (std::error_code ignored; std::filesystem::is_directory(path_, ignored))
    throw FileError(fmt::format("{}: cannot be created: a directory has this name", path_.string()));
  temporary_path_ = create_temporary(path_);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_path_(std::exchange(other.temporary_path_, {})) {}

AtomicFile::~AtomicFile() {
  if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
}

void AtomicFile::synchronise() const { io::synchronise(temporary_path_, path_, O_RDONLY); }

void AtomicFile::commit() {
  synchronise();
  if (::rename(temporary_path_.c_str(), path_.c_str()) != 0) throw_file_error(path_, "cannot be renamed", errno);
  temporary_path_.clear();
  io::synchronise(directory_of(path_), path_, O_RDONLY | O_DIRECTORY);
}

void write_file(const std::filesystem::path& path, std::string_view contents) {
  AtomicFile file(path);
  {
    const Descriptor output(::open(file.temporary_path().c_str(), O_WRONLY | O_CLOEXEC));
    if (output.get() < 0) throw_file_error(path, "cannot be written", errno);
    if (!write_all(output.get(), std::as_bytes(std::span(contents))))
      throw_file_error(path, "cannot be written", errno);
  }
  file.commit();
}

}  // namespace tripartite::io
