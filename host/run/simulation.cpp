#include "tripartite/simulation.hpp"

#include <fmt/format.h>

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

}  // namespace tripartite
