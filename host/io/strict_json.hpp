#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace tripartite::io {

/// JSON from a file that nobody vouches for: an object that names a key twice, nesting deeper than `maximum_depth` and
/// text that is no JSON are refused with a FileError that begins with `source`.
nlohmann::json parse_json(std::string_view text, const std::string& source, int maximum_depth = 64);

}  // namespace tripartite::io
