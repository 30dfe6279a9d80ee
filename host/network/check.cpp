#include "host/network/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tripartite/error.hpp"

namespace tripartite {
namespace {

void require(bool condition, std::string_view key, double value, std::string_view expected) {
  if (!condition) throw ConfigError(fmt::format("{} = {}: must be {}", key, value, expected));
}

void check_number(const PopulationSetup& population, const ParameterInfo& info, double value) {
  if (!(std::isfinite(value) && (info.is_positive ? value > 0 : value >= 0)))
    throw ConfigError(
        fmt::format("{}: {} = {}: must be {} 0", population.name, info.name, value, info.is_positive ? ">" : ">="));
}

void check_count(const PopulationSetup& population, std::string_view what, std::size_t values) {
  if (values != population.size)
    throw ConfigError(fmt::format("{}: {}: {} values for {} elements", population.name, what, values, population.size));
}

int choices_of(const OptionInfo& option) {
  const std::string_view choices = option.choices;
  return 1 + int(std::count(choices.begin(), choices.end(), ' '));
}

void check_population(const PopulationSetup& population) {
  const ModelDescription& model = population.model->description;
  if (population.parameters.size() != model.parameters.size() || population.initial.size() != model.states.size() ||
      population.options.size() != model.options.size() || population.inputs.size() != model.inputs.size() ||
      population.initial_values.size() != model.states.size())
    throw ConfigError(fmt::format("{}: its lists are not those of model {}", population.name, model.name));
  if (population.size > 0xFFFF'FFFFULL)
    throw ConfigError(fmt::format("{}: {} elements: expected at most 2^32 - 1", population.name, population.size));
  for (std::size_t i = 0; i < model.parameters.size(); ++i)
    check_number(population, model.parameters[i], population.parameters[i]);
  for (std::size_t i = 0; i < model.options.size(); ++i)
    if (const int choices = choices_of(model.options[i]); population.options[i] < 0 || population.options[i] >= choices)
      throw ConfigError(fmt::format("{}: option {} is {}: expected from 0 to {} ({})", population.name,
                                    model.options[i].name, population.options[i], choices - 1,
                                    model.options[i].choices));
  for (const Varied& varied : population.varied) {
    if (varied.parameter < 0 || std::size_t(varied.parameter) >= model.parameters.size())
      throw ConfigError(fmt::format("{}: values of parameter number {}: model {} has {} parameters", population.name,
                                    varied.parameter, model.name, model.parameters.size()));
    const ParameterInfo& info = model.parameters[std::size_t(varied.parameter)];
    check_count(population, info.name, varied.values.size());
    for (const double value : varied.values) check_number(population, info, value);
  }
  for (std::size_t i = 0; i < model.states.size(); ++i)
    if (!population.initial_values[i].empty())
      check_count(population, fmt::format("initial {}", model.states[i].name), population.initial_values[i].size());
  for (std::size_t i = 0; i < model.inputs.size(); ++i) check_input(population, i);
}

void check_indices(const NetworkSetup& setup, const Projection& projection, std::size_t expected, std::size_t limit,
                   const std::string& where) {
  (void)setup;
  if (projection.index.size() != expected)
    throw ConfigError(fmt::format("{}: {} indices for {} elements", where, projection.index.size(), expected));
  for (std::size_t i = 0; i < expected; ++i)
    if (projection.index[i] >= limit)
      throw ConfigError(fmt::format("{}: index {} of element {} is out of range ({} elements)", where,
                                    projection.index[i], i, limit));
}

void check_projection(const NetworkSetup& setup, const Projection& projection) {
  if (projection.source >= setup.populations.size() || projection.target >= setup.populations.size())
    throw ConfigError(fmt::format("projection from population {} to {}: there are {} populations", projection.source,
                                  projection.target, setup.populations.size()));
  const PopulationSetup& source = setup.populations[projection.source];
  const PopulationSetup& target = setup.populations[projection.target];
  const std::string where =
      fmt::format("projection {}.{} -> {}.{}", source.name, projection.from, target.name, projection.to);
  const auto input = std::size_t(input_place(target.model->description, projection.to));
  const SourcePlace from = source_place(setup, projection);
  switch (projection.kind) {
    case ProjectionKind::gather:
      if (from.is_output) throw ConfigError(where + ": gather needs a state of its source, not an output");
      check_indices(setup, projection, target.size, source.size, where);
      if (!target.inputs[input].base.empty())
        throw ConfigError(where + ": an input that gathers cannot have base values as well");
      break;
    case ProjectionKind::sum:
    case ProjectionKind::mean:
      check_indices(setup, projection, source.size, target.size, where);
      if (!projection.weight.empty()) {
        if (projection.weight.size() != source.size)
          throw ConfigError(fmt::format("{}: {} weights for {} sources", where, projection.weight.size(), source.size));
        for (std::size_t i = 0; i < source.size; ++i)
          if (!std::isfinite(projection.weight[i]))
            throw ConfigError(
                fmt::format("{}: weight {} of source {}: expected a finite number", where, projection.weight[i], i));
      }
      break;
    case ProjectionKind::pair:
      if (target.model->description.exchanged < 0)
        throw ConfigError(
            fmt::format("{}: model {} exchanges nothing between pairs", where, target.model->description.name));
      // What flows between two elements must be the same seen from both, or something is lost.
      for (const Varied& varied : target.varied)
        if (const ModelDescription& model = target.model->description; varied.parameter < model.cell_parameter)
          throw ConfigError(
              fmt::format("{}: {} varies over elements that are joined in pairs; expected one value, or a "
                          "parameter of the calcium model",
                          where, model.parameters[std::size_t(varied.parameter)].name));
      for (const auto& [a, b] : projection.pairs)
        if (a >= target.size || b >= target.size || a == b)
          throw ConfigError(fmt::format("{}: pair of elements {} and {}: expected two different ones below {}", where,
                                        a, b, target.size));
      break;
  }
}

/// An input is gathered by one projection, or summed by any number of them.
void check_inputs_of_projections(const NetworkSetup& setup) {
  std::set<std::pair<std::size_t, std::string>> gathered, summed;
  for (const Projection& projection : setup.projections) {
    const auto key = std::pair(projection.target, projection.to);
    const bool gathers = projection.kind == ProjectionKind::gather;
    const bool is_free = gathers ? gathered.insert(key).second && summed.count(key) == 0
                                 : (summed.insert(key), gathered.count(key) == 0);
    if (!is_free)
      throw ConfigError(fmt::format("input {} of {}: one projection can gather it, or several can sum in it",
                                    projection.to, setup.populations[projection.target].name));
  }
}

}  // namespace

bool has_slow_states(const ModelDescription& model) {
  for (const StateInfo& state : model.states)
    if (state.clock == Clock::slow) return true;
  return false;
}

bool has_fast_states(const ModelDescription& model) {
  for (const StateInfo& state : model.states)
    if (state.clock == Clock::fast) return true;
  return false;
}

SourcePlace source_place(const NetworkSetup& setup, const Projection& projection) {
  const ModelDescription& model = setup.populations[projection.source].model->description;
  if (projection.kind == ProjectionKind::pair) return {false, model.exchanged};
  for (std::size_t i = 0; i < model.outputs.size(); ++i)
    if (projection.from == model.outputs[i].name) return {true, int(i)};
  return {false, state_place(model, projection.from)};
}

void check_spikes(std::string_view population, const ModelDescription& model, const SpikeSource* spikes, double dt) {
  if (spikes == nullptr) return;
  if (!model.takes_spikes) throw ConfigError(fmt::format("{}: model {} takes no spikes", population, model.name));
  if (spikes->dt() != dt)
    throw ConfigError(fmt::format("{}: spikes were placed at steps of {} s, the network takes steps of {} s",
                                  population, spikes->dt(), dt));
}

void check_base(std::string_view population, std::string_view input, std::size_t size, std::size_t values,
                std::size_t present) {
  if (values != size || present == 0)
    throw ConfigError(fmt::format("{}: base of input {}: {} values for {} elements{}", population, input, values, size,
                                  present == 0 ? ", and it was made without one" : ""));
}

void check_input(const PopulationSetup& population, std::size_t input) {
  const PortInfo& info = population.model->description.inputs[input];
  const InputSetup& setup = population.inputs[input];
  if (!setup.factor.empty()) {
    if (!info.has_factor)
      throw ConfigError(fmt::format("{}: input {} takes no factor per element", population.name, info.name));
    check_count(population, fmt::format("factors of input {}", info.name), setup.factor.size());
  }
  if (!setup.base.empty()) check_count(population, fmt::format("base of input {}", info.name), setup.base.size());
}

void check_setup(const NetworkSetup& setup) {
  using integrate::Method;
  require(setup.dt > 0 && std::isfinite(setup.dt), "dt", setup.dt, "> 0");
  require(setup.substeps >= 1 && setup.substeps <= 1000, "substeps", setup.substeps, "from 1 to 1000");
  require(setup.slow_every >= 1 && setup.slow_every <= 1000, "slow_every", setup.slow_every, "from 1 to 1000");
  require(setup.slow_every == 1 || !is_adaptive(setup.method), "slow_every", setup.slow_every,
          "1 for a method that chooses its steps");
  require(setup.relative_tolerance > 0 && setup.absolute_tolerance > 0, "tolerance",
          std::min(setup.relative_tolerance, setup.absolute_tolerance), "> 0");
  if (setup.populations.empty()) throw ConfigError("a network needs at least one population");
  std::set<std::string> names;
  for (const PopulationSetup& population : setup.populations) {
    if (population.model == nullptr) throw ConfigError(population.name + ": has no model");
    if (!names.insert(population.name).second)
      throw ConfigError(fmt::format("two populations are called \"{}\"", population.name));
    check_population(population);
    const ModelDescription& model = population.model->description;
    check_spikes(population.name, model, population.spikes.get(), setup.dt);
    if (needs_jacobian(setup.method) && !model.has_jacobian)
      throw ConfigError(
          fmt::format("{}: {} needs the Jacobian of model {}, which defines none; dormand_prince does not",
                      population.name, to_string(setup.method), model.name));
    if (setup.slow_every > 1 && has_slow_states(model) && has_fast_states(model) && !model.has_two_clocks)
      throw ConfigError(
          fmt::format("{}: model {} does not part its slow states from the fast ones; slow_every must be 1",
                      population.name, model.name));
  }
  for (const Projection& projection : setup.projections) check_projection(setup, projection);
  check_inputs_of_projections(setup);
  if (setup.projections.empty()) return;
  if (needs_jacobian(setup.method))
    throw ConfigError(
        fmt::format("{}: a network with projections has no Jacobian of its own; expected a fixed method "
                    "or dormand_prince",
                    to_string(setup.method)));
  if (is_adaptive(setup.method) && setup.coupling == Coupling::held)
    throw ConfigError("held coupling needs a fixed method; adaptive methods couple in every stage");
}

}  // namespace tripartite
