#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tripartite::config {

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
int edit_distance(std::string_view a, std::string_view b);

/// The word that was probably meant, empty if none is near. Of dotted words the last part alone may be given.
std::string nearest(std::string_view given, std::span<const std::string> known);

}  // namespace tripartite::config
