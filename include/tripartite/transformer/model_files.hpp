#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite::transformer {

/// The files of one model, by name: a directory on disk, whose files are mapped, or bytes in memory. Copies share them.
class ModelFiles {
 public:
  using Contents = std::map<std::string, std::span<const std::byte>, std::less<>>;

  /// Throws FileError unless `path` is a directory that can be read.
  static ModelFiles directory(const std::filesystem::path& path);
  /// The bytes must outlive every copy and every model made from them. `name` appears in messages.
  static ModelFiles memory(std::string name, Contents contents);

  /// The directory's path or the name given.
  const std::string& name() const;
  bool on_disk() const;
  bool contains(std::string_view file) const;
  /// Bytes of a file, which stay where they are as long as a copy of this object lives. Throws FileError if it is
  /// missing.
  std::span<const std::byte> bytes(std::string_view file) const;
  std::string_view text(std::string_view file) const;
  /// How messages call a file: "directory/file".
  std::string where(std::string_view file) const;

 private:
  struct Source;
  explicit ModelFiles(std::shared_ptr<Source> source);
  std::shared_ptr<Source> source_;
};

/// Names of the models inside the library.
std::vector<std::string> embedded_model_names();
/// A model inside the library. Throws ConfigError with the known names if there is none of this name.
ModelFiles embedded_model(std::string_view name);
/// A text inside the library: calibration.txt, demo.txt, encoder_demo.txt. Throws ConfigError if there is none of this
/// name.
std::string_view embedded_text(std::string_view name);
/// The bytes of a file of images inside the library: digits-heldout.npy, digits-heldout-labels.npy, digit.png. Throws
/// ConfigError if there is none of this name.
std::string_view embedded_image(std::string_view name);

}  // namespace tripartite::transformer
