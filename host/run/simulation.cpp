#include "tripartite/simulation.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "tripartite/error.hpp"

namespace tripartite {

std::size_t Simulation::field(std::string_view population, std::string_view name) const {
  std::string known;
  const auto& all = fields();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].population == population && all[i].name == name) return i;
    known += fmt::format("{}{}.{}", known.empty() ? "" : ", ", all[i].population, all[i].name);
  }
  throw ConfigError(fmt::format("field {}.{}: expected one of {}", population, name, known));
}

void Simulation::check_stop() const {
  if (should_stop()) throw Cancelled("interrupted");
}

void Simulation::check_range(std::size_t field, std::size_t first, std::size_t count) const {
  const auto& all = fields();
  if (field >= all.size()) throw std::out_of_range(fmt::format("field {}: there are {}", field, all.size()));
  const Field& which = all[field];
  if (first > which.size || count > which.size - first)
    throw std::out_of_range(fmt::format("values {} to {} of {}.{}: there are {}", first, first + count,
                                        which.population, which.name, which.size));
}

void Simulation::check_indices(std::size_t field, std::span<const std::uint64_t> indices) const {
  check_range(field, 0, 0);
  for (const std::uint64_t index : indices)
    if (index >= fields()[field].size) check_range(field, index, 1);
}

void Simulation::check_state(std::size_t field) const {
  check_range(field, 0, 0);
  const Field& which = fields()[field];
  if (!which.is_state)
    throw ConfigError(fmt::format("field {}.{}: derived, cannot be written", which.population, which.name));
}

}  // namespace tripartite
