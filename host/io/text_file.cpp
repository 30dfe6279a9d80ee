#include "host/io/text_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "tripartite/error.hpp"

namespace tripartite::io {

std::string read_file(const std::filesystem::path& path) {
  const auto fail = [&](int error) -> FileError {
    return FileError(fmt::format("{}: cannot be read: {}", path.string(), std::generic_category().message(error)));
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw fail(errno);
  std::string contents;
  std::array<char, 1 << 16> block{};
  int error = 0;
  for (;;) {  // in blocks rather than by size: pipes and /proc files have no size
    const ssize_t count = ::read(file, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    contents.append(block.data(), static_cast<std::size_t>(count));
  }
  ::close(file);
  if (error != 0) throw fail(error);
  return contents;
}

}  // namespace tripartite::io
