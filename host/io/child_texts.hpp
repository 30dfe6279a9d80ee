#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tripartite::io::detail {

/// What a child process read.
struct ChildTexts {
  std::vector<std::string> texts;
  std::string error;  // why there are none; empty if there are
};

/// Calls `read`, which fills the texts and returns whether it could, in a child process, and takes the texts over. A
/// library that is known to write beyond its buffers where a file is damaged can harm nothing but that process, which
/// may neither compute for more than ten seconds nor allocate much more than `most_bytes`, the largest size of all
/// texts with 8 bytes for each.
ChildTexts read_in_child(const std::function<bool(std::vector<std::string>&)>& read, std::uint64_t most_bytes);

}  // namespace tripartite::io::detail
