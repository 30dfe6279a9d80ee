#pragma once

#include <optional>
#include <string_view>

namespace tripartite::config {

// Quantities as batch systems write them. None if the text is not one, or is not positive.

/// [s] of "90", "55m", "1h30m", "2 d".
std::optional<double> read_duration(std::string_view text);
/// Bytes of "4G", "512 MiB", "1.5gb", "4000000000"; K, M, G and T are powers of 1024.
std::optional<double> read_size(std::string_view text);

}  // namespace tripartite::config
