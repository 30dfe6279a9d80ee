#include "fuzz/scratch.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <system_error>

namespace tripartite::fuzz {
namespace {

namespace fs = std::filesystem;

class Directory {
 public:
  Directory() {
    std::error_code error;
    const fs::path memory = "/dev/shm";
    std::string name =
        ((fs::is_directory(memory, error) ? memory : fs::temp_directory_path()) / "fuzz_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw fs::filesystem_error("mkdtemp", name, {});
    path = name;
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

}  // namespace

const fs::path& scratch_directory() {
  static const Directory made;
  return made.path;
}

fs::path scratch_file(std::string_view name, std::string_view bytes) {
  const fs::path path = scratch_directory() / name;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool is_written = file >= 0 && ::write(file, bytes.data(), bytes.size()) == ssize_t(bytes.size());
  if (file >= 0) ::close(file);
  if (!is_written) throw fs::filesystem_error("write", path, std::error_code(errno, std::generic_category()));
  return path;
}

}  // namespace tripartite::fuzz
