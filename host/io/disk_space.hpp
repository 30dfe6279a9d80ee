#pragma once

#include <cstdint>
#include <filesystem>

namespace tripartite::io {

/// Lengthens an open file to `end` bytes, allocated on its disk: they can be written even if the disk gets full.
/// Throws FileError that names `path`; the file then keeps its length.
void allocate_on_disk(int file, std::uint64_t end, const std::filesystem::path& path);

/// Cuts `file` off behind `size` bytes if it is longer. Throws FileError that names `path`.
void give_back_beyond(std::uint64_t size, const std::filesystem::path& file, const std::filesystem::path& path);

}  // namespace tripartite::io
