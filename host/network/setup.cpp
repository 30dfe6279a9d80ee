#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tripartite/error.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite {
namespace {

/// The place of `name` among the infos. Throws ConfigError that lists all of them.
template <class Info>
int place_of(std::span<const Info> infos, std::string_view name, std::string_view model, std::string_view what) {
  std::string known;
  for (std::size_t i = 0; i < infos.size(); ++i) {
    if (name == infos[i].name) return int(i);
    known += fmt::format("{}{}", i == 0 ? "" : ", ", infos[i].name);
  }
  throw ConfigError(fmt::format("{}: {} \"{}\" does not exist; expected one of {}", model, what, name, known));
}

int choice_of(const OptionInfo& option, std::string_view wanted, std::string_view model) {
  std::string_view rest = option.choices;
  for (int number = 0; !rest.empty(); ++number) {
    const std::string_view choice = rest.substr(0, rest.find(' '));
    if (choice == wanted) return number;
    rest.remove_prefix(std::min(rest.size(), choice.size() + 1));
  }
  throw ConfigError(
      fmt::format("{}: option {} = \"{}\": expected one of {}", model, option.name, wanted, option.choices));
}

}  // namespace

const ModelDescription& describe(const Model& model) { return model.description; }

int state_place(const ModelDescription& model, std::string_view name) {
  return place_of(model.states, name, model.name, "state");
}
int parameter_place(const ModelDescription& model, std::string_view name) {
  return place_of(model.parameters, name, model.name, "parameter");
}
int input_place(const ModelDescription& model, std::string_view name) {
  return place_of(model.inputs, name, model.name, "input");
}
int output_place(const ModelDescription& model, std::string_view name) {
  return place_of(model.outputs, name, model.name, "output");
}
int option_place(const ModelDescription& model, std::string_view name) {
  return place_of(model.options, name, model.name, "option");
}

PopulationSetup& PopulationSetup::set(std::string_view parameter, double value) {
  parameters[std::size_t(parameter_place(model->description, parameter))] = value;
  return *this;
}

PopulationSetup& PopulationSetup::set(std::string_view option, std::string_view choice) {
  const int place = option_place(model->description, option);
  options[std::size_t(place)] =
      choice_of(model->description.options[std::size_t(place)], choice, model->description.name);
  return *this;
}

PopulationSetup& PopulationSetup::vary(std::string_view parameter, std::vector<double> values) {
  varied.push_back({parameter_place(model->description, parameter), std::move(values)});
  return *this;
}

InputSetup& PopulationSetup::input(std::string_view wanted) {
  return inputs[std::size_t(input_place(model->description, wanted))];
}

PopulationSetup& PopulationSetup::start(std::string_view state, double value) {
  initial[std::size_t(state_place(model->description, state))] = value;
  return *this;
}

PopulationSetup& PopulationSetup::start(std::string_view state, std::vector<double> values) {
  initial_values[std::size_t(state_place(model->description, state))] = std::move(values);
  return *this;
}

std::size_t NetworkSetup::add(const Model& model, std::size_t size, std::string name) {
  PopulationSetup population;
  population.name = std::move(name);
  population.model = &model;
  population.size = size;
  for (const ParameterInfo& info : model.description.parameters) population.parameters.push_back(info.standard);
  for (const StateInfo& info : model.description.states) population.initial.push_back(info.initial);
  population.options.resize(model.description.options.size());
  population.initial_values.resize(model.description.states.size());
  population.inputs.resize(model.description.inputs.size());
  populations.push_back(std::move(population));
  return populations.size() - 1;
}

void NetworkSetup::gather(std::size_t source, std::string from, std::size_t target, std::string to,
                          std::vector<Index> index) {
  projections.push_back(
      {ProjectionKind::gather, source, target, std::move(from), std::move(to), std::move(index), {}, {}});
}

void NetworkSetup::sum(std::size_t source, std::string from, std::size_t target, std::string to,
                       std::vector<Index> index, std::vector<double> weight) {
  projections.push_back(
      {ProjectionKind::sum, source, target, std::move(from), std::move(to), std::move(index), std::move(weight), {}});
}

void NetworkSetup::mean(std::size_t source, std::string from, std::size_t target, std::string to,
                        std::vector<Index> index) {
  projections.push_back(
      {ProjectionKind::mean, source, target, std::move(from), std::move(to), std::move(index), {}, {}});
}

void NetworkSetup::pair(std::size_t population, std::string to, std::vector<std::pair<Index, Index>> pairs) {
  projections.push_back({ProjectionKind::pair, population, population, {}, std::move(to), {}, {}, std::move(pairs)});
}

}  // namespace tripartite
