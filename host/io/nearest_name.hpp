#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tripartite::io {

/// The fewest insertions, deletions, replacements and swaps of neighbouring characters that turn one word into the
/// other, where no character is edited twice.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The element of `names` nearest to `wanted` in this distance; empty if `names` is empty or the distance
/// exceeds half the length of `wanted`.
std::string nearest_name(std::string_view wanted, std::span<const std::string> names);

}  // namespace tripartite::io
