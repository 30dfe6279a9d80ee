#include "host/config/model_config.hpp"

#include "host/config/network_config.hpp"

namespace tripartite::config {

std::vector<StateInfo> own_states(const ModelDescription& model) {
  std::vector<StateInfo> own;
  for (int i = 0; i < int(model.states.size()); ++i)
    if (i < model.cell_state || i >= model.cell_state + model.cell_states) own.push_back(model.states[std::size_t(i)]);
  return own;
}

CellConfig::CellConfig(const Model& (*CalciumModel::*of)(), std::string_view calcium_model)
    : model(of), calcium(calcium_model) {
  const ModelDescription& chosen_model = description();
  for (int i = 0; i < chosen_model.cell_parameter; ++i) own.push_back(chosen_model.parameters[std::size_t(i)].standard);
  for (const StateInfo& state : own_states(chosen_model)) own_initial.push_back(state.initial);
  for (const CalciumModel& each : calcium_models()) {
    const ModelDescription& d = (each.*model)().description;
    Cell cell;
    for (std::size_t i = std::size_t(d.cell_parameter); i < d.parameters.size(); ++i)
      cell.parameters.push_back(d.parameters[i].standard);
    for (int i = d.cell_state; i < d.cell_state + d.cell_states; ++i)
      cell.initial.push_back(d.states[std::size_t(i)].initial);
    cells.push_back(std::move(cell));
  }
}

const Model& CellConfig::chosen() const { return (find_calcium_model(calcium).*model)(); }

const ModelDescription& CellConfig::description() const { return chosen().description; }

namespace {

std::size_t number_of(std::string_view calcium) {
  return std::size_t(&find_calcium_model(calcium) - calcium_models().data());
}

}  // namespace

void CellConfig::apply(PopulationSetup& population) const {
  const ModelDescription& d = description();
  const Cell& cell = cells[number_of(calcium)];
  population.parameters = own;
  population.parameters.insert(population.parameters.end(), cell.parameters.begin(), cell.parameters.end());
  population.initial = own_initial;
  population.initial.insert(population.initial.begin() + d.cell_state, cell.initial.begin(), cell.initial.end());
}

double CellConfig::parameter(std::string_view name) const {
  const ModelDescription& d = description();
  const int place = parameter_place(d, name);
  if (place < d.cell_parameter) return own[std::size_t(place)];
  return cells[number_of(calcium)].parameters[std::size_t(place - d.cell_parameter)];
}

void TripartiteConfig::apply(PopulationSetup& population) const {
  CellConfig::apply(population);
  population.set("exogenous_ip3", exogenous_ip3 ? "true" : "false");
  population.set("flux", flux == Flux::published ? "published" : "smooth");
}

Stepping Stepping::finer() const {
  Stepping finer = *this;
  finer.check_step = false;
  if (is_adaptive(method)) {
    finer.relative_tolerance /= 10;
    finer.absolute_tolerance /= 10;
  } else {
    finer.dt /= 2;
    finer.spike_steps *= 2;
  }
  return finer;
}

void Stepping::apply(NetworkSetup& setup) const {
  setup.method = method;
  setup.dt = dt;
  setup.substeps = substeps;
  setup.slow_every = calcium_every;
  setup.relative_tolerance = relative_tolerance;
  setup.absolute_tolerance = absolute_tolerance;
}

std::vector<double> defaults(const Model& model) {
  std::vector<double> values;
  for (const ParameterInfo& info : model.description.parameters) values.push_back(info.standard);
  return values;
}

std::vector<std::vector<double>> initial_of_cells() {
  std::vector<std::vector<double>> all;
  for (const CellConfig::Cell& cell : CellConfig(&CalciumModel::astrocyte, calcium_models().front().name).cells)
    all.push_back(cell.initial);
  return all;
}

}  // namespace tripartite::config
