#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace tripartite {

/// Replaces PATH during its lifetime.
class SearchPath {
 public:
  explicit SearchPath(const std::string& path) : before_(std::getenv("PATH") == nullptr ? "" : std::getenv("PATH")) {
    ::setenv("PATH", path.c_str(), 1);
  }
  SearchPath(const SearchPath&) = delete;
  SearchPath& operator=(const SearchPath&) = delete;
  ~SearchPath() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

/// Writes a program named gnuplot to `directory` that runs the shell commands `commands` instead.
inline void pretend_gnuplot(const std::filesystem::path& directory, const std::string& commands) {
  std::ofstream(directory / "gnuplot") << "#!/bin/sh\n" << commands << '\n';
  std::filesystem::permissions(directory / "gnuplot", std::filesystem::perms::owner_all);
}

}  // namespace tripartite
