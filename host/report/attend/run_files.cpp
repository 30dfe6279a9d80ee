#include "host/report/attend/run_files.hpp"

#include "host/report/summary.hpp"

namespace tripartite::report::attend {
namespace {

std::string attribute_or(const std::optional<io::Hdf5File>& file, const char* name, const std::string& otherwise) {
  return file && file->contains_attribute("/", name) ? file->read_attribute<std::string>("/", name) : otherwise;
}

}  // namespace

RunFiles::RunFiles(const Run& run) : summary(run.summary) {
  if (const auto path = run.directory / "attention.h5"; std::filesystem::exists(path))
    attention.emplace(io::Hdf5File::open(path));
  if (const auto path = run.directory / "recordings.h5"; std::filesystem::exists(path))
    recordings.emplace(io::Hdf5File::open(path));
}

std::string RunFiles::model() const {
  const std::string name = attribute_or(attention, "model", text_at(summary, "/results/model"));
  constexpr std::string_view embedded = "embedded:";
  if (name.starts_with(embedded)) return name.substr(embedded.size());
  return name.empty() ? "the transformer" : name;
}

std::string RunFiles::features() const {
  return attribute_or(attention, "features", text_at(summary, "/results/features"));
}

std::vector<std::string> RunFiles::tokens() const {
  if (!attention || !attention->contains("/tokens")) return {};
  return attention->read<std::string>("/tokens").values;
}

Contexts read_contexts(const io::Hdf5File& attention) {
  Contexts all;
  std::size_t heads_before = 0;
  for (const std::string& layer : names_in(attention, "/layers")) {
    const std::string group = "/layers/" + layer + "/";
    const auto network = read_ranked(attention, group + "network", 3);
    const auto softmax = read_shaped(attention, group + "softmax", network.shape);
    const auto linear = read_shaped(attention, group + "linear", network.shape);
    all.network.insert(all.network.end(), network.values.begin(), network.values.end());
    all.softmax.insert(all.softmax.end(), softmax.values.begin(), softmax.values.end());
    all.linear.insert(all.linear.end(), linear.values.begin(), linear.values.end());
    const std::size_t heads = network.shape[1], width = network.shape[2];
    for (std::size_t i = 0; i < network.values.size(); ++i) all.head.push_back(heads_before + i / width % heads);
    heads_before += heads;
  }
  return all;
}

}  // namespace tripartite::report::attend
