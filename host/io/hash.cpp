#include "host/io/hash.hpp"

#include <fmt/format.h>

#include "host/io/mapped_file.hpp"

namespace tripartite::io {

std::uint64_t hash_of(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string hash_of_file(const std::filesystem::path& path) {
  return fmt::format("{:016x}", hash_of(MappedFile(path).bytes()));
}

}  // namespace tripartite::io
