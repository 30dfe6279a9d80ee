#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace tripartite::io {

/// Parses JSON from an untrusted file. Throws FileError that begins with `source` for duplicate keys, nesting deeper
/// than `maximum_depth` and invalid JSON.
nlohmann::json parse_json(std::string_view text, const std::string& source, int maximum_depth = 64);

}  // namespace tripartite::io
