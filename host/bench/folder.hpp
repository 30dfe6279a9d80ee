#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "tripartite/error.hpp"

namespace tripartite::bench {

/// A folder for one workload, which goes with its content. Throws FileError if it cannot be made.
class Folder {
 public:
  Folder(const std::filesystem::path& parent, std::string_view workload) {
    std::string name = (parent / fmt::format("tripartite-{}-XXXXXX", workload)).string();
    if (::mkdtemp(name.data()) == nullptr)
      throw FileError(fmt::format("bench {}: {}: {}", workload, name, std::strerror(errno)));
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tripartite::bench
