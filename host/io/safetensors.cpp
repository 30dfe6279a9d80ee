#include "host/io/safetensors.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <set>
#include <system_error>
#include <utility>

#include "host/io/contained_file.hpp"
#include "host/io/half.hpp"
#include "host/io/nearest_name.hpp"
#include "host/io/safetensors_header.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little endian");

/// Elements of type Stored, each converted to Real by `convert`. Uses memcpy because the format does not align tensors.
template <class Stored, class Real, class Convert>
std::vector<Real> converted(std::span<const std::byte> bytes, Convert convert) {
  std::vector<Real> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<Real>(convert(stored));
  }
  return values;
}

std::string text_of(const std::vector<std::size_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace

Safetensors::Safetensors(const std::filesystem::path& file) : source_(file.string()) {
  files_.push_back(std::make_shared<const MappedFile>(file));
  add(files_.back()->bytes(), source_);
  list_names();
}

Safetensors::Safetensors(std::span<const std::byte> bytes, std::string source) : source_(std::move(source)) {
  add(bytes, source_);
  list_names();
}

Safetensors Safetensors::open_directory(const std::filesystem::path& directory) {
  const std::filesystem::path whole = contained_file(directory, "model.safetensors");
  const std::filesystem::path index = contained_file(directory, "model.safetensors.index.json");
  std::error_code ignored;
  if (std::filesystem::exists(whole, ignored)) return Safetensors(whole);
  if (!std::filesystem::exists(index, ignored))
    throw FileError(fmt::format("{}: no model weights: expected model.safetensors or model.safetensors.index.json",
                                directory.string()));
  const std::map<std::string, std::string> shard_of = parse_shard_index(read_file(index), index.string());
  Safetensors result;
  result.source_ = index.string();
  std::set<std::string> opened;
  for (const auto& [name, shard] : shard_of) {
    if (!opened.insert(shard).second) continue;
    const std::filesystem::path path = contained_file(directory, shard);
    result.files_.push_back(std::make_shared<const MappedFile>(path));
    result.add(result.files_.back()->bytes(), path.string());
  }
  for (const auto& [name, shard] : shard_of) {
    const auto found = result.tensors_.find(name);
    const std::string path = (directory / shard).string();
    if (found == result.tensors_.end() || found->second.source != path)
      throw FileError(
          fmt::format("{}: tensor \"{}\" not found, although {} lists it there", path, name, index.string()));
  }
  result.metadata_.clear();
  result.list_names();
  return result;
}

void Safetensors::add(std::span<const std::byte> bytes, const std::string& source) {
  SafetensorsHeader header = parse_safetensors_header(bytes, source);
  for (auto& [name, view] : header.tensors) {
    const auto [position, is_new] = tensors_.try_emplace(name, Entry{std::move(view), source});
    if (!is_new)
      throw FileError(fmt::format("{}: tensor \"{}\" also occurs in {}", source, name, position->second.source));
  }
  metadata_ = std::move(header.metadata);
}

void Safetensors::list_names() {
  names_.reserve(tensors_.size());
  for (const auto& [name, entry] : tensors_) names_.push_back(name);
}

const Safetensors::Entry& Safetensors::find(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return found->second;
  const std::string nearest = nearest_name(name, names_);
  throw FileError(fmt::format("{}: tensor \"{}\" not found{}", source_, name,
                              nearest.empty() ? "" : fmt::format("; the most similar name is \"{}\"", nearest)));
}

const TensorView& Safetensors::tensor(std::string_view name) const { return find(name).view; }

template <class Real>
std::vector<Real> Safetensors::convert(std::string_view name, const Entry& entry) {
  const auto unchanged = [](auto stored) { return stored; };
  switch (entry.view.type) {
    case TensorType::f64: return converted<double, Real>(entry.view.bytes, unchanged);
    case TensorType::f32: return converted<float, Real>(entry.view.bytes, unchanged);
    case TensorType::f16: return converted<std::uint16_t, Real>(entry.view.bytes, half_to_float);
    case TensorType::bf16: return converted<std::uint16_t, Real>(entry.view.bytes, bfloat16_to_float);
    case TensorType::i64: return converted<std::int64_t, Real>(entry.view.bytes, unchanged);
    case TensorType::i32: return converted<std::int32_t, Real>(entry.view.bytes, unchanged);
    case TensorType::boolean:
    case TensorType::u8:
    case TensorType::i8:
    case TensorType::f8_e5m2:
    case TensorType::f8_e4m3:
    case TensorType::i16:
    case TensorType::u16:
    case TensorType::u32:
    case TensorType::u64: break;
  }
  throw FileError(fmt::format("{}: tensor \"{}\" has element type {}: must be F64, F32, F16, BF16, I64 or I32",
                              entry.source, name, to_string(entry.view.type)));
}

template <class Real>
std::vector<Real> Safetensors::values(std::string_view name, const std::vector<std::size_t>& expected_shape) const {
  const Entry& entry = find(name);
  if (entry.view.shape != expected_shape)
    throw FileError(fmt::format("{}: tensor \"{}\" has shape {}: must be {}", entry.source, name,
                                text_of(entry.view.shape), text_of(expected_shape)));
  return convert<Real>(name, entry);
}

template <class Real>
std::vector<Real> Safetensors::values(std::string_view name) const {
  return convert<Real>(name, find(name));
}

template std::vector<float> Safetensors::values(std::string_view, const std::vector<std::size_t>&) const;
template std::vector<double> Safetensors::values(std::string_view, const std::vector<std::size_t>&) const;
template std::vector<float> Safetensors::values(std::string_view) const;
template std::vector<double> Safetensors::values(std::string_view) const;

}  // namespace tripartite::io
