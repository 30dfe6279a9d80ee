#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/io/safetensors.hpp"

namespace tripartite::io {

struct SafetensorsHeader {
  std::vector<std::pair<std::string, TensorView>> tensors;  // in the order of the file
  std::map<std::string, std::string> metadata;
};

/// Reads and checks the header of a whole safetensors file in memory: every view lies inside `bytes`, views neither
/// overlap nor leave gaps, and the size of each follows from its shape and type. Throws FileError that names `source`
/// and the tensor.
SafetensorsHeader parse_safetensors_header(std::span<const std::byte> bytes, const std::string& source);

/// The shard of every tensor, from the text of `model.safetensors.index.json`. Shards are file names in the directory
/// of the index.
std::map<std::string, std::string> parse_shard_index(std::string_view text, const std::string& source);

}  // namespace tripartite::io
