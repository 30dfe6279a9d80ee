#include <fmt/format.h>

#include "tripartite/attention/parameters.hpp"
#include "tripartite/error.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::attention {
namespace {

std::vector<double> defaults_of(const CalciumModel& model) {
  std::vector<double> values;
  for (const ParameterInfo& info : model.parameters) values.push_back(info.standard);
  return values;
}

}  // namespace

double& calcium_parameter(Parameters& parameters, const CalciumModel& model, std::size_t place) {
  std::vector<double>& values = parameters.calcium_parameters[std::string(model.name)];
  if (values.empty()) values = defaults_of(model);
  return values.at(place);
}

const double& calcium_parameter(const Parameters& parameters, const CalciumModel& model, std::size_t place) {
  const auto given = parameters.calcium_parameters.find(model.name);
  if (given == parameters.calcium_parameters.end() || given->second.empty()) return model.parameters[place].standard;
  return given->second.at(place);
}

double& calcium_parameter(Parameters& parameters, std::string_view model, std::string_view name) {
  const CalciumModel& found = find_calcium_model(model);
  std::string known;
  for (std::size_t place = 0; place < found.parameters.size(); ++place) {
    if (found.parameters[place].name == name) return calcium_parameter(parameters, found, place);
    known += fmt::format("{}{}", place == 0 ? "" : ", ", found.parameters[place].name);
  }
  throw ConfigError(fmt::format("calcium model {}: has no parameter \"{}\"; expected one of {}", model, name, known));
}

const CalciumModel& calcium_model_of(const Parameters& parameters) {
  if (!parameters.has_calcium_model()) throw ConfigError("linear calcium has no calcium model");
  return find_calcium_model(parameters.calcium_model);
}

std::vector<double> calcium_parameters_of(const Parameters& parameters) {
  const CalciumModel& model = calcium_model_of(parameters);
  const auto given = parameters.calcium_parameters.find(model.name);
  if (given == parameters.calcium_parameters.end() || given->second.empty()) return defaults_of(model);
  if (given->second.size() != model.parameters.size())
    throw ConfigError(fmt::format("calcium model {}: got {} parameters, expected {}", model.name, given->second.size(),
                                  model.parameters.size()));
  return given->second;
}

}  // namespace tripartite::attention
