#include "host/io/safetensors_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/io/strict_json.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

using nlohmann::json;

struct TypeRow {
  TensorType type;
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<TypeRow, 15> types{{{TensorType::boolean, "BOOL", 1},
                                         {TensorType::u8, "U8", 1},
                                         {TensorType::i8, "I8", 1},
                                         {TensorType::f8_e5m2, "F8_E5M2", 1},
                                         {TensorType::f8_e4m3, "F8_E4M3", 1},
                                         {TensorType::i16, "I16", 2},
                                         {TensorType::u16, "U16", 2},
                                         {TensorType::f16, "F16", 2},
                                         {TensorType::bf16, "BF16", 2},
                                         {TensorType::i32, "I32", 4},
                                         {TensorType::u32, "U32", 4},
                                         {TensorType::f32, "F32", 4},
                                         {TensorType::i64, "I64", 8},
                                         {TensorType::u64, "U64", 8},
                                         {TensorType::f64, "F64", 8}}};

const TypeRow& row_of(TensorType type) { return types.at(static_cast<std::size_t>(type)); }

constexpr std::size_t length_bytes = 8;                // the header's length, before the header
constexpr std::uint64_t longest_header = 100'000'000;  // the format's own limit

std::optional<std::size_t> product(std::size_t a, std::size_t b) {
  std::size_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

struct Extent {
  std::size_t first = 0;
  std::size_t last = 0;  // exclusive
};

/// One entry of the header; offsets count from the end of the header.
class TensorEntry {
 public:
  TensorEntry(const json& entry, const std::string& name, const std::string& source)
      : entry_(entry), name_(name), source_(source) {
    if (!entry.is_object()) throw fail("its entry in the header is not an object");
    for (const auto& item : entry.items())
      if (item.key() != "dtype" && item.key() != "shape" && item.key() != "data_offsets")
        throw fail(fmt::format("unknown key \"{:.100}\" in the header", item.key()));
  }

  FileError fail(const std::string& what) const {
    return FileError(fmt::format("{}: tensor \"{:.200}\": {}", source_, name_, what));
  }

  TensorType type() const {
    const json& value = member("dtype");
    if (!value.is_string()) throw fail("dtype is not a string");
    const auto& name = value.get_ref<const std::string&>();
    const auto* found = std::find_if(types.begin(), types.end(), [&](const TypeRow& row) { return row.name == name; });
    if (found == types.end()) throw fail(fmt::format("unknown dtype \"{:.100}\"", name));
    return found->type;
  }

  std::vector<std::size_t> numbers(const char* key) const {
    const json& value = member(key);
    if (!value.is_array()) throw fail(fmt::format("{} is not a list", key));
    std::vector<std::size_t> result;
    for (const json& number : value) {
      if (!number.is_number_unsigned())
        throw fail(fmt::format("{} contains something other than a natural number", key));
      result.push_back(number.get<std::size_t>());
    }
    return result;
  }

  Extent extent(std::size_t data_bytes) const {
    const std::vector<std::size_t> offsets = numbers("data_offsets");
    if (offsets.size() != 2) throw fail(fmt::format("data_offsets has {} numbers: must be 2", offsets.size()));
    if (offsets[0] > offsets[1])
      throw fail(fmt::format("its data end before they begin ({} > {})", offsets[0], offsets[1]));
    if (offsets[1] > data_bytes)
      throw fail(fmt::format("its data end at byte {}, but the file has {} bytes of data: is it truncated?", offsets[1],
                             data_bytes));
    return {offsets[0], offsets[1]};
  }

 private:
  const json& member(const char* key) const {
    const auto found = entry_.find(key);
    if (found == entry_.end()) throw fail(fmt::format("its entry in the header has no {}", key));
    return *found;
  }

  const json& entry_;
  const std::string& name_;
  const std::string& source_;
};

TensorView view_of(const TensorEntry& entry, Extent extent, std::span<const std::byte> data) {
  TensorView view{entry.type(), entry.numbers("shape"), data.subspan(extent.first, extent.last - extent.first)};
  std::optional<std::size_t> bytes = bytes_of(view.type);
  for (const std::size_t size : view.shape) bytes = bytes ? product(*bytes, size) : std::nullopt;
  if (!bytes) throw entry.fail("its shape has more elements than the address space can hold");
  if (*bytes != view.bytes.size())
    throw entry.fail(
        fmt::format("shape and dtype require {} bytes, but data_offsets give {}", *bytes, view.bytes.size()));
  return view;
}

std::map<std::string, std::string> metadata_of(const json& value, const std::string& source) {
  std::map<std::string, std::string> metadata;
  if (!value.is_object()) throw FileError(fmt::format("{}: __metadata__ is not an object", source));
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) throw FileError(fmt::format("{}: __metadata__ \"{:.100}\" is not a string", source, key));
    metadata[key] = text.get<std::string>();
  }
  return metadata;
}

std::string_view header_text(std::span<const std::byte> bytes, const std::string& source) {
  if (bytes.size() < length_bytes)
    throw FileError(fmt::format("{}: not a safetensors file: {} bytes, expected at least 8", source, bytes.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  if (length > longest_header)
    throw FileError(fmt::format("{}: not a safetensors file: header of {} bytes, expected at most {}", source, length,
                                longest_header));
  if (length > bytes.size() - length_bytes)
    throw FileError(
        fmt::format("{}: header of {} bytes, but the file has {}: is it truncated?", source, length, bytes.size()));
  return {reinterpret_cast<const char*>(bytes.data()) + length_bytes, static_cast<std::size_t>(length)};
}

}  // namespace

std::string_view to_string(TensorType type) { return row_of(type).name; }
std::size_t bytes_of(TensorType type) { return row_of(type).bytes; }

SafetensorsHeader parse_safetensors_header(std::span<const std::byte> bytes, const std::string& source) {
  const std::string_view text = header_text(bytes, source);
  const std::span<const std::byte> data = bytes.subspan(length_bytes + text.size());
  const json header = parse_json(text, source + ": header", 4);
  if (!header.is_object()) throw FileError(fmt::format("{}: header is not a JSON object", source));
  SafetensorsHeader result;
  std::vector<std::pair<Extent, std::string>> extents;
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__") {
      result.metadata = metadata_of(value, source);
      continue;
    }
    const TensorEntry entry(value, name, source);
    const Extent extent = entry.extent(data.size());
    result.tensors.emplace_back(name, view_of(entry, extent, data));
    extents.emplace_back(extent, name);
  }
  std::sort(extents.begin(), extents.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.first, a.first.last) < std::pair(b.first.first, b.first.last);
  });
  std::size_t reached = 0;
  for (const auto& [extent, name] : extents) {
    if (extent.first != reached)
      throw FileError(
          fmt::format("{}: tensor \"{:.200}\": its data begin at byte {}, expected {}: {} the preceding data", source,
                      name, extent.first, reached, extent.first < reached ? "they overlap" : "a gap follows"));
    reached = extent.last;
  }
  if (reached != data.size())
    throw FileError(fmt::format("{}: {} bytes follow the last tensor", source, data.size() - reached));
  return result;
}

std::map<std::string, std::string> parse_shard_index(std::string_view text, const std::string& source) {
  const json index = parse_json(text, source);
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object())
    throw FileError(fmt::format("{}: object \"weight_map\" not found", source));
  std::map<std::string, std::string> shard_of;
  for (const auto& [name, shard] : index["weight_map"].items()) {
    if (!shard.is_string()) throw FileError(fmt::format("{}: shard of \"{:.200}\" is not a string", source, name));
    const auto& file = shard.get_ref<const std::string&>();
    // A model must not refer to files outside its own directory.
    if (file.empty() || file == "." || file == ".." || file.find_first_of(std::string("/\\\0", 3)) != std::string::npos)
      throw FileError(fmt::format("{}: shard \"{:.200}\" of \"{:.200}\" is not a plain file name", source, file, name));
    shard_of[name] = file;
  }
  return shard_of;
}

}  // namespace tripartite::io
