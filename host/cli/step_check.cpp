#include "host/cli/step_check.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

namespace tripartite::cli {

void print_step_check(const simulation::StepCheck& check, std::ostream& out) {
  if (check.differences.empty()) return;
  out << fmt::format("the same with {}:\n", check.how);
  for (const simulation::StepDifference& each : check.differences) {
    const std::string values =
        fmt::format("{:.4g} -> {:.4g}{}{}{}{}", each.value, each.finer, each.unit.empty() ? "" : " ", each.unit,
                    each.where.empty() ? "" : " ", each.where);
    out << fmt::format("  {:<28}{:<44}{:.3g} %{}{}\n", each.quantity, values, 100 * each.relative,
                       each.scale.empty() ? "" : " ", each.scale);
  }
}

void add_step_check(const simulation::StepCheck& check, nlohmann::ordered_json& results) {
  if (check.differences.empty()) return;
  auto differences = nlohmann::ordered_json::array();
  for (const simulation::StepDifference& each : check.differences)
    differences.push_back({{"quantity", each.quantity},
                           {"unit", each.unit},
                           {"value", each.value},
                           {"finer", each.finer},
                           {"where", each.where},
                           {"relative_difference", each.relative}});
  results["step_check"] = {{"how", check.how}, {"differences", differences}};
}

void announce_step_check(const config::Stepping& finer, simulation::RunListener& listener) {
  listener.message("once more with " + simulation::how_fine(finer));
}

}  // namespace tripartite::cli
