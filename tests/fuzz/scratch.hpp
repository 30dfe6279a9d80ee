#pragma once

#include <filesystem>
#include <string_view>

namespace tripartite::fuzz {

/// A directory of this process in memory (/dev/shm where there is one), removed when the program exits.
const std::filesystem::path& scratch_directory();

/// Writes `bytes` to a file of that directory, for readers that take a path. The same name is the same file.
std::filesystem::path scratch_file(std::string_view name, std::string_view bytes);

}  // namespace tripartite::fuzz
