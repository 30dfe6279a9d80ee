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

void read_parameters(const nlohmann::json& values, const std::string& source, PopulationSetup& population) {
  const auto& parameters = population.model->description.parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const char* name = parameters[i].name;
    if (!values.contains(name)) continue;
    if (!values[name].is_number()) throw FileError(fmt::format("{}: parameters.{}: expected a number", source, name));
    population.parameters[i] = values[name].get<double>();
  }
}

void read_initial(const nlohmann::json& values, PopulationSetup& population) {
  const auto& states = population.model->description.states;
  for (std::size_t i = 0; i < states.size(); ++i) population.initial[i] = values.at(states[i].name).get<double>();
}

}  // namespace tripartite::verify
