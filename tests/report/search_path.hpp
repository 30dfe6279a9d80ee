#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace tripartite {

/// Another PATH for as long as it lives.
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

/// A program called gnuplot in `directory` that runs `commands` of the shell instead.
inline void pretend_gnuplot(const std::filesystem::path& directory, const std::string& commands) {
  std::ofstream(directory / "gnuplot") << "#!/bin/sh\n" << commands << '\n';
  std::filesystem::permissions(directory / "gnuplot", std::filesystem::perms::owner_all);
}

}  // namespace tripartite
