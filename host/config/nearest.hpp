#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tripartite::config {

/// The word that was probably meant, empty if none is near. Of dotted words the last part alone may be given.
std::string nearest(std::string_view given, std::span<const std::string> known);

}  // namespace tripartite::config
