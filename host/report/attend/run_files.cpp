#include "host/report/attend/run_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "host/report/summary.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report::attend {
namespace {

std::string attribute_or(const std::optional<Hdf5Reader>& file, const char* name, const std::string& otherwise) {
  return file ? file->text_attribute("/", name).value_or(otherwise) : otherwise;
}

}  // namespace

RunFiles::RunFiles(const Run& run) : summary(run.summary) {
  if (const auto path = run.directory / "attention.h5"; std::filesystem::exists(path)) attention.emplace(path);
  if (const auto path = run.directory / "recordings.h5"; std::filesystem::exists(path)) recordings.emplace(path);
}

std::string RunFiles::model() const {
  const std::string name = attribute_or(attention, "model", text_at(summary, "/results/model"));
  return name.empty() ? "the transformer" : name;
}

std::string RunFiles::features() const {
  return attribute_or(attention, "features", text_at(summary, "/results/features"));
}

std::vector<std::string> RunFiles::tokens() const {
  if (!attention || !attention->has("/tokens")) return {};
  return attention->strings("/tokens");
}

std::optional<std::string> why_missing(const std::optional<Hdf5Reader>& file, const char* name,
                                       const std::string& path) {
  if (!file) return fmt::format("this run left no {}.", name);
  if (!file->has(path)) return fmt::format("{} of this run holds no {}.", name, path);
  return std::nullopt;
}

void check_shape(const Hdf5Reader& file, const std::string& dataset, const std::vector<std::size_t>& shape) {
  if (const auto found = file.shape(dataset); found != shape)
    throw FileError(fmt::format("{}: {}: expected shape [{}], got [{}]", file.path(), dataset, fmt::join(shape, ", "),
                                fmt::join(found, ", ")));
}

Contexts read_contexts(const Hdf5Reader& attention) {
  Contexts all;
  std::size_t heads_before = 0;
  for (const std::string& layer : attention.children("/layers")) {
    const std::string group = "/layers/" + layer + "/";
    const auto shape = attention.shape(group + "network");
    if (shape.size() != 3)
      throw FileError(fmt::format("{}: {}network: expected tokens x heads x d", attention.path(), group));
    for (const auto& [name, values] :
         {std::pair{"network", &all.network}, std::pair{"softmax", &all.softmax}, std::pair{"linear", &all.linear}}) {
      check_shape(attention, group + name, shape);
      const auto numbers = attention.numbers(group + name);
      values->insert(values->end(), numbers.begin(), numbers.end());
    }
    for (std::size_t i = 0; i < shape[0] * shape[1] * shape[2]; ++i)
      all.head.push_back(heads_before + i / shape[2] % shape[1]);
    heads_before += shape[1];
  }
  return all;
}

}  // namespace tripartite::report::attend
