#pragma once

#include <span>
#include <string>
#include <vector>

#include "tripartite/astrocyte/gap_junctions.hpp"
#include "tripartite/model/registry.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::config {

/// Values for a model on a calcium model (TripartiteSynapse, Astrocyte): its own, and those of every calcium model that
/// could be chosen, each in the order of the descriptions.
struct CellConfig {
  const Model& (*CalciumModel::*model)();  // synapse or astrocyte
  std::string calcium;                     // name of the calcium model in use
  std::vector<double> own, own_initial;    // without the cell's
  struct Cell {
    std::vector<double> parameters, initial;
  };
  std::vector<Cell> cells;  // [calcium_models()]

  /// The defaults of all of them.
  CellConfig(const Model& (*CalciumModel::*of)(), std::string_view calcium_model);

  const ModelDescription& description() const;  // with the calcium model in use
  const Model& chosen() const;
  /// Sets parameters and initial values of a population of `chosen()`.
  void apply(PopulationSetup& population) const;
  /// The value of an own or cell parameter in use.
  double parameter(std::string_view name) const;
};

/// The states of a description that are not its cell's, in their order.
std::vector<StateInfo> own_states(const ModelDescription& model);

}  // namespace tripartite::config
