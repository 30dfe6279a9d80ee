#pragma once

#include <string>

namespace tripartite::cli {

/// Version; then commit, compiler, CUDA toolkit and instruction sets of this build, a line each.
std::string version_as_text();

/// Version, commit, compiler, CUDA toolkit and instruction sets of this build, as one JSON object.
std::string version_as_json();

}  // namespace tripartite::cli
