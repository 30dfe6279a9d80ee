#include "host/report/model_states.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/report/summary.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::report {
namespace {

constexpr std::array<std::string_view, 4> before_the_cell{"u", "x", "Y", "Gamma_A"};
constexpr std::array<std::string_view, 3> behind_the_cell{"x_A", "G_A", "Gamma_S"};

const CalciumModel* find(std::string_view name) {
  for (const CalciumModel& each : calcium_models())
    if (each.name == name) return &each;
  return nullptr;
}

void add(const StateInfo& state, States& all) { all.states.push_back({state.name, state.unit, state.meaning}); }

}  // namespace

std::vector<std::string_view> States::order() const {
  std::vector<std::string_view> names;
  for (const State& state : states) names.push_back(state.name);
  return names;
}

std::string States::meaning(std::string_view name) const {
  const auto found = std::find_if(states.begin(), states.end(), [&](const State& each) { return each.name == name; });
  return found == states.end() ? std::string(name) : found->meaning;
}

std::string States::unit(std::string_view name) const {
  const auto found = std::find_if(states.begin(), states.end(), [&](const State& each) { return each.name == name; });
  return found == states.end() ? "1" : found->unit;
}

States synapse_states(const nlohmann::json& summary) {
  States result;
  const CalciumModel* chosen = find(text_at(summary, "/config/synapse/calcium"));
  if (chosen == nullptr) return result;
  const ModelDescription& model = chosen->synapse().description;
  const auto add_named = [&](std::string_view name) {
    for (const StateInfo& state : model.states)
      if (state.name == name) add(state, result);
  };
  for (const std::string_view name : before_the_cell) add_named(name);
  for (int i = model.cell_state; i < model.cell_state + model.cell_states; ++i)
    add(model.states[std::size_t(i)], result);
  for (const std::string_view name : behind_the_cell) add_named(name);
  result.ip3 = model.states[std::size_t(model.ip3)].name;
  result.calcium = model.states[std::size_t(model.watched)].name;
  return result;
}

std::optional<double> common_threshold(const nlohmann::json& summary) {
  for (const auto& entry : part_at(summary, "/config/population/varied"))
    if (words_of(entry).starts_with("C_Theta ")) return std::nullopt;
  const double value = number_at(summary, "/config/astrocyte/C_Theta");
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

States astrocyte_states(const nlohmann::json& summary) {
  States result;
  const CalciumModel* chosen = find(text_at(summary, "/config/astrocyte/calcium"));
  if (chosen == nullptr) return result;
  for (const StateInfo& state : chosen->states) add(state, result);
  result.calcium = chosen->states[std::size_t(chosen->calcium)].name;
  result.states.push_back({"I_SIC", "pA", "slow inward current into nearby neurons"});
  return result;
}

}  // namespace tripartite::report
