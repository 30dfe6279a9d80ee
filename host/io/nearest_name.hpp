#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tripartite::io {

/// The fewest insertions, deletions and replacements of characters that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `names` that the fewest insertions, deletions and replacements turn into `wanted`; empty if there are
/// none, or if the best still differs in more than half of `wanted`.
std::string nearest_name(std::string_view wanted, std::span<const std::string> names);

}  // namespace tripartite::io
