#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tripartite::io {

/// The one of `names` that the fewest insertions, deletions and replacements turn into `wanted`; empty if there are
/// none, or if the best still differs in more than half of `wanted`.
std::string nearest_name(std::string_view wanted, std::span<const std::string> names);

}  // namespace tripartite::io
