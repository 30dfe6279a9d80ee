#include <cstdint>
#include <nlohmann/json.hpp>

#include "host/io/atomic_file.hpp"
#include "host/io/safetensors.hpp"

namespace tripartite::io {

std::string safetensors_bytes(std::span<const NamedTensor> tensors,
                              const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t reached = 0;
  for (const NamedTensor& named : tensors) {
    const std::size_t last = reached + named.tensor.bytes.size();
    header[named.name] = {
        {"dtype", to_string(named.tensor.type)}, {"shape", named.tensor.shape}, {"data_offsets", {reached, last}}};
    reached = last;
  }
  constexpr std::size_t alignment = 8;
  std::string text = header.dump();
  text.resize((text.size() + alignment - 1) / alignment * alignment, ' ');  // aligns the data
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  bytes += text;
  for (const NamedTensor& named : tensors)
    bytes.append(reinterpret_cast<const char*>(named.tensor.bytes.data()), named.tensor.bytes.size());
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata) {
  write_file(path, safetensors_bytes(tensors, metadata));
}

}  // namespace tripartite::io
