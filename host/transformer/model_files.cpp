#include "tripartite/transformer/model_files.hpp"

#include <mutex>
#include <system_error>
#include <utility>

#include "host/io/contained_file.hpp"
#include "host/io/mapped_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
struct ModelFiles::Source {
  std::string name;
  Contents contents;  // memory
  bool on_disk = false;
  std::mutex mutex;                                           // protects `mapped`
  std::map<std::string, io::MappedFile, std::less<>> mapped;  // files of a directory that have been requested
};

ModelFiles::ModelFiles(std::shared_ptr<Source> source) : source_(std::move(source)) {}

ModelFiles ModelFiles::directory(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error))
    throw FileError(path.string() + ": expected a model directory (config.json, model.safetensors, tokeniser files)");
  auto source = std::make_shared<Source>();
  source->name = path.string();
  source->on_disk = true;
  return ModelFiles(std::move(source));
}

ModelFiles ModelFiles::memory(std::string name, Contents contents) {
  auto source = std::make_shared<Source>();
  source->name = std::move(name);
  source->contents = std::move(contents);
  return ModelFiles(std::move(source));
}

const std::string& ModelFiles::name() const { return source_->name; }

bool ModelFiles::on_disk() const { return source_->on_disk; }

std::string ModelFiles::where(std::string_view file) const {
  return (std::filesystem::path(source_->name) / file).string();
}

bool ModelFiles::contains(std::string_view file) const {
  if (!source_->on_disk) return source_->contents.contains(file);
  std::error_code error;
  return std::filesystem::exists(where(file), error);
}

std::span<const std::byte> ModelFiles::bytes(std::string_view file) const {
  if (!contains(file)) throw FileError(where(file) + ": not found");
  if (!source_->on_disk) return source_->contents.find(file)->second;
  const std::lock_guard lock(source_->mutex);
  const auto mapped = source_->mapped.find(file);
  if (mapped != source_->mapped.end()) return mapped->second.bytes();
  const auto path = io::contained_file(source_->name, file);
  return source_->mapped.try_emplace(std::string(file), path).first->second.bytes();
}

std::string_view ModelFiles::text(std::string_view file) const {
  const auto all = bytes(file);
  return {reinterpret_cast<const char*>(all.data()), all.size()};
}

}  // namespace tripartite::transformer
