#include "host/io/contained_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

namespace fs = std::filesystem;

bool is_within(const fs::path& file, const fs::path& directory) {
  return std::mismatch(directory.begin(), directory.end(), file.begin(), file.end()).first == directory.end();
}

}  // namespace

fs::path contained_file(const fs::path& directory, std::string_view name) {
  fs::path path = directory / name;
  std::error_code error;
  if (!fs::exists(path, error) && !error) return path;
  const fs::path target = error ? fs::path() : fs::canonical(path, error);
  const fs::path root = error ? fs::path() : fs::canonical(directory, error);
  if (error) throw FileError(fmt::format("{}: cannot be read: {}", path.string(), error.message()));
  const bool is_cached =
      root.parent_path().filename() == "snapshots" && is_within(target, root.parent_path().parent_path() / "blobs");
  if (!is_within(target, root) && !is_cached)
    throw FileError(fmt::format("{}: is a link to {}: expected a file within {}", path.string(), target.string(),
                                directory.string()));
  if (!fs::is_regular_file(target, error))
    throw FileError(fmt::format("{}: cannot be read: expected a regular file", path.string()));
  return path;
}

}  // namespace tripartite::io
