#include "host/verify/synapse_reference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

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

namespace {

constexpr double longest = 3600;  // [s]

FileError time_error(const Meta& meta, std::string_view name, double value, double least) {
  return FileError(
      fmt::format("{}: {} = {}: expected a time from {} to {} s", meta.source, name, value, least, longest));
}

double time_in(const Meta& meta, const char* name, double least) {
  const double value = meta.values.at(name).get<double>();
  if (!(value >= least && value <= longest)) throw time_error(meta, name, value, least);
  return value;
}

}  // namespace

Sampling sampling_of(const Meta& meta, double dt) {
  const auto every = std::llround(time_in(meta, "sample_interval_s", dt) / dt);
  return {every, std::size_t(std::llround(time_in(meta, "t_end_s", 0) / dt) / every) + 1};
}

void require_times(const Meta& meta, std::string_view name, const std::vector<double>& times) {
  for (const double time : times)
    if (!(time >= 0 && time <= longest)) throw time_error(meta, name, time, 0);
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
