#include "host/transformer/embedded_models.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "tripartite/error.hpp"
#include "tripartite/transformer/model_files.hpp"

namespace tripartite::transformer {
namespace {

std::string_view embedded_file(std::string_view folder, std::string_view name) {
  for (const EmbeddedFile& file : embedded_files())
    if (file.folder == folder && file.name == name)
      return {reinterpret_cast<const char*>(file.begin), std::size_t(file.end - file.begin)};
  throw ConfigError(fmt::format("embedded {} \"{}\": not found", folder, name));
}

}  // namespace

std::vector<std::string> embedded_model_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files())
    if (file.name == "config.json") names.emplace_back(file.folder);
  return names;
}

ModelFiles embedded_model(std::string_view name) {
  ModelFiles::Contents contents;
  for (const EmbeddedFile& file : embedded_files())
    if (file.folder == name) contents.emplace(file.name, std::span(file.begin, file.end));
  if (contents.empty())
    throw ConfigError(
        fmt::format("embedded model \"{}\": must be one of {}", name, fmt::join(embedded_model_names(), ", ")));
  return ModelFiles::memory("embedded:" + std::string(name), std::move(contents));
}

std::string_view embedded_text(std::string_view name) { return embedded_file("texts", name); }

std::string_view embedded_image(std::string_view name) { return embedded_file("images", name); }

}  // namespace tripartite::transformer
