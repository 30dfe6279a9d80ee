#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite::report {

/// What the states of a run's synapses or astrocytes are.
struct States {
  struct State {
    std::string name, unit, meaning;
  };
  std::vector<State> states;  // from cause to effect
  std::string ip3 = "I", calcium = "C";

  std::vector<std::string_view> order() const;
  std::string meaning(std::string_view state) const;  // the name itself if it is not known
  std::string unit(std::string_view state) const;     // "1" if it is not known
};

/// Of tripartite synapses on the calcium model of the run's configuration, `synapse.calcium`. Of a model that this
/// program does not have no state is known.
States synapse_states(const nlohmann::json& summary);

/// C_Θ [µM] of all cells of a run; nothing where they differ in it.
std::optional<double> common_threshold(const nlohmann::json& summary);

/// Of astrocytes on the calcium model `astrocyte.calcium`, and their slow inward current.
States astrocyte_states(const nlohmann::json& summary);

}  // namespace tripartite::report
