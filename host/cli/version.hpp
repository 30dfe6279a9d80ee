#pragma once

#include <string>
#include <string_view>

namespace tripartite::cli {

/// The commit of the sources, "-dirty" if some were changed since; "unknown" outside git.
std::string_view commit();
/// Version; then commit, compiler, CUDA toolkit and instruction sets of this build, a line each.
std::string version_as_text();

/// Version, commit, compiler, CUDA toolkit and instruction sets of this build, as one JSON object.
std::string version_as_json();

}  // namespace tripartite::cli
