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

/// The files of one model, by name: either a directory, whose files are memory-mapped, or bytes in memory. Copies share
/// them.
class ModelFiles {
 public:
  using Contents = std::map<std::string, std::span<const std::byte>, std::less<>>;

  /// Throws FileError unless `path` is a readable directory.
  static ModelFiles directory(const std::filesystem::path& path);
  /// The bytes must outlive every copy and every model made from them. Messages refer to the files by `name`.
  static ModelFiles memory(std::string name, Contents contents);

  /// The directory's path or the given name.
  const std::string& name() const;
  bool on_disk() const;
  bool contains(std::string_view file) const;
  /// Bytes of a file, valid as long as any copy of this object exists. Throws FileError if the file is missing.
  std::span<const std::byte> bytes(std::string_view file) const;
  std::string_view text(std::string_view file) const;
  /// The name of a file in messages: "directory/file".
  std::string where(std::string_view file) const;

 private:
  struct Source;
  explicit ModelFiles(std::shared_ptr<Source> source);
  std::shared_ptr<Source> source_;
};

/// Names of the models embedded in the library.
std::vector<std::string> embedded_model_names();
/// An embedded model. Throws ConfigError that lists the known names for an unknown one.
ModelFiles embedded_model(std::string_view name);
/// An embedded text: calibration.txt, demo.txt, encoder_demo.txt. Throws ConfigError for an unknown name.
std::string_view embedded_text(std::string_view name);
/// The bytes of an embedded image file: digits-heldout.npy, digits-heldout-labels.npy, digit.png. Throws ConfigError
/// for an unknown name.
std::string_view embedded_image(std::string_view name);

}  // namespace tripartite::transformer
