#include "host/io/disk_space.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

FileError error_of(const std::filesystem::path& path, int number) {
  return FileError(fmt::format("{}: cannot be written: {}", path.string(), std::generic_category().message(number)));
}

}  // namespace

void allocate_on_disk(int file, std::uint64_t end, const std::filesystem::path& path) {
  struct stat before {};
  if (::fstat(file, &before) != 0) throw error_of(path, errno);
  const off_t begin = before.st_size, size = static_cast<off_t>(end) - begin;
  if (size <= 0) return;
  int number = 0;
  do number = ::posix_fallocate(file, begin, size);
  while (number == EINTR);
  // Where the file system cannot allocate, writing tells.
  if (number == 0 || number == EOPNOTSUPP || number == EINVAL || number == ENODEV) return;
  if (::ftruncate(file, begin) != 0) throw error_of(path, errno);
  throw error_of(path, number);
}

void give_back_beyond(std::uint64_t size, const std::filesystem::path& file, const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::file_size(file, error) <= size || error) return;
  std::filesystem::resize_file(file, size, error);
  if (error) throw error_of(path, error.value());
}

}  // namespace tripartite::io
