#include "host/io/mapped_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "tripartite/error.hpp"

namespace tripartite::io {

MappedFile::MappedFile(const std::filesystem::path& path) {
  const auto fail = [&](int error) {
    return FileError(fmt::format("{}: cannot be read: {}", path.string(), std::generic_category().message(error)));
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw fail(errno);
  struct stat status {};
  int error = ::fstat(file, &status) == 0 ? 0 : errno;
  if (error == 0 && !S_ISREG(status.st_mode)) error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* first = nullptr;
  if (error == 0 && size > 0) {  // an empty file cannot be mapped and needs no mapping
    first = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (first == MAP_FAILED) error = errno;
  }
  ::close(file);
  if (error != 0) throw fail(error);
  bytes_ = {static_cast<const std::byte*>(first), size};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace tripartite::io
