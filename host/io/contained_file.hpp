#pragma once

#include <filesystem>
#include <string_view>

namespace tripartite::io {

/// The path of a file of a directory that may come from a stranger. Throws FileError if it is a link to somewhere
/// outside the directory, or no regular file: a device or pipe never ends. Links within the directory are followed, and
/// those of a Hugging Face cache, where `NAME/snapshots/REVISION` links to `NAME/blobs`. A file that does not exist is
/// left to whoever opens it.
std::filesystem::path contained_file(const std::filesystem::path& directory, std::string_view name);

}  // namespace tripartite::io
