#pragma once

#include <string_view>
#include <vector>

#include "tripartite/network/network.hpp"

namespace tripartite {

/// All values of one field.
template <class Real = double>
std::vector<Real> values_of(const Simulation& simulation, std::string_view population, std::string_view name) {
  const std::size_t field = simulation.field(population, name);
  std::vector<Real> values(simulation.fields()[field].size);
  simulation.read(field, 0, std::span<Real>(values));
  return values;
}

/// All states of all populations, one after the other; without derived fields.
template <class Real = double>
std::vector<Real> all_states(const Simulation& simulation) {
  std::vector<Real> all;
  for (std::size_t field = 0; field < simulation.fields().size(); ++field) {
    if (!simulation.fields()[field].is_state) continue;
    std::vector<Real> values(simulation.fields()[field].size);
    simulation.read(field, 0, std::span<Real>(values));
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

}  // namespace tripartite
