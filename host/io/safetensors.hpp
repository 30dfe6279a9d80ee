#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/io/mapped_file.hpp"

namespace tripartite::io {

/// Element types of the safetensors format.
enum class TensorType { boolean, u8, i8, f8_e5m2, f8_e4m3, i16, u16, f16, bf16, i32, u32, f32, i64, u64, f64 };

/// The format's own name: "BOOL", "U8", …, "F64".
std::string_view to_string(TensorType type);
std::size_t bytes_of(TensorType type);

/// One tensor, in C order and little endian. The bytes may be unaligned: copy elements, do not cast the pointer.
struct TensorView {
  TensorType type = TensorType::f32;
  std::vector<std::size_t> shape;  // empty for a scalar
  std::span<const std::byte> bytes;
};

/// Named tensors of one safetensors file, of a sharded directory, or of bytes in memory. Files are mapped, not copied.
/// The structure of a file is fully checked when it is opened; FileError names file, tensor and the defect. Copies
/// share the mapping; views are valid as long as any copy exists.
class Safetensors {
 public:
  explicit Safetensors(const std::filesystem::path& file);
  /// `bytes` must outlive this object and its copies; messages refer to them as `source`.
  Safetensors(std::span<const std::byte> bytes, std::string source);
  /// `model.safetensors` of a directory, or the shards that its `model.safetensors.index.json` lists.
  static Safetensors open_directory(const std::filesystem::path& directory);

  /// In alphabetical order.
  const std::vector<std::string>& names() const { return names_; }
  bool contains(std::string_view name) const { return tensors_.find(name) != tensors_.end(); }
  /// The file (for shards, the index) as named in messages.
  const std::string& source() const { return source_; }
  /// Free text that the file contains in addition to its tensors (`__metadata__`); empty for shards.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// Throws FileError if there is no tensor of that name; the message gives the most similar name.
  const TensorView& tensor(std::string_view name) const;

  /// All elements of a tensor as float or double: F64, F32, F16, BF16, I64 and I32, rounded to nearest where Real
  /// cannot hold the value. Throws FileError if the tensor is missing, of another element type, or not of
  /// `expected_shape`.
  template <class Real>
  std::vector<Real> values(std::string_view name, const std::vector<std::size_t>& expected_shape) const;
  /// As above, for a tensor of any shape.
  template <class Real>
  std::vector<Real> values(std::string_view name) const;

 private:
  struct Entry {
    TensorView view;
    std::string source;
  };
  Safetensors() = default;
  void add(std::span<const std::byte> bytes, const std::string& source);
  void list_names();
  const Entry& find(std::string_view name) const;
  template <class Real>
  static std::vector<Real> convert(std::string_view name, const Entry& entry);

  std::map<std::string, Entry, std::less<>> tensors_;
  std::vector<std::string> names_;
  std::map<std::string, std::string> metadata_;
  std::string source_;
  std::vector<std::shared_ptr<const MappedFile>> files_;
};

}  // namespace tripartite::io
