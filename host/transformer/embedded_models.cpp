#include "host/transformer/embedded_models.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "tripartite/error.hpp"
#include "tripartite/transformer/model_files.hpp"

namespace tripartite::transformer {

std::vector<std::string> embedded_model_names() {
  std::vector<std::string> names;  // the files are sorted by model
  for (const EmbeddedFile& file : embedded_files())
    if (names.empty() || names.back() != file.model) names.emplace_back(file.model);
  return names;
}

ModelFiles embedded_model(std::string_view name) {
  ModelFiles::Contents contents;
  for (const EmbeddedFile& file : embedded_files())
    if (file.model == name) contents.emplace(file.name, std::span(file.begin, file.end));
  if (contents.empty())
    throw ConfigError(
        fmt::format("embedded model \"{}\": must be one of {}", name, fmt::join(embedded_model_names(), ", ")));
  return ModelFiles::memory("embedded:" + std::string(name), std::move(contents));
}

}  // namespace tripartite::transformer
