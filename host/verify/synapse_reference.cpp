#include "host/verify/synapse_reference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/io/strict_json.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::verify {

Meta read_meta(const std::filesystem::path& directory) {
  const auto path = directory / "meta.json";
  return {directory, (directory / "").parent_path().filename().string(), path.string(),
          io::parse_json(io::read_file(path), path.string())};
}

std::vector<double> read_array(const Meta& meta, const char* name, const std::vector<std::size_t>& shape) {
  const auto path = meta.directory / (std::string(name) + ".npy");
  io::NpyArray array = io::read_npy(path);
  if (array.shape != shape)
    throw FileError(fmt::format("{}: shape ({}), expected ({})", path.string(), fmt::join(array.shape, ", "),
                                fmt::join(shape, ", ")));
  return std::move(array.values);
}

synapse::Parameters<double> read_synapse_parameters(const nlohmann::json& values, const std::string& source) {
  auto parameters = synapse::standard_parameters();
  for (int i = 0; i < synapse::parameter_count; ++i) {
    const char* name = synapse::parameter_infos[i].name;
    if (!values.contains(name)) continue;
    if (!values[name].is_number()) throw FileError(fmt::format("{}: parameters.{}: expected a number", source, name));
    parameters.*synapse::parameter_members<double>[i] = values[name].get<double>();
  }
  return parameters;
}

void read_initial(const nlohmann::json& values, double (&initial)[synapse::state_count]) {
  for (int i = 0; i < synapse::state_count; ++i) initial[i] = values.at(synapse::state_infos[i].name).get<double>();
}

}  // namespace tripartite::verify
