#pragma once

#include <string>
#include <string_view>

namespace tripartite::fuzz {

/// A saved state (host/run/state_stream.hpp) whose checksums fit its values again, so that damage gets past them. What
/// is no saved state comes back as it is.
std::string repaired_state(std::string_view bytes);

}  // namespace tripartite::fuzz
