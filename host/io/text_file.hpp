#pragma once

#include <filesystem>
#include <string>

namespace tripartite::io {

/// Reads the bytes of a whole file. Throws FileError with path and reason.
std::string read_file(const std::filesystem::path& path);

}  // namespace tripartite::io
