#include <cmath>
#include <string>
#include <string_view>

#include "host/memory/stepped_engine.hpp"
#include "tripartite/error.hpp"

namespace tripartite::memory {

bool is_symmetric_matrix(const std::vector<double>& values, int neurons) {
  if (values.empty()) return true;
  for (std::size_t i = 0; i < std::size_t(neurons); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (values[i * std::size_t(neurons) + j] != values[j * std::size_t(neurons) + i]) return false;
  return true;
}

void check_setup(const MemorySetup& setup) {
  const auto require = [](bool fine, const std::string& message) {
    if (!fine) throw ConfigError(message);
  };
  const auto require_above = [&](double value, double bound, bool may_equal, std::string_view name) {
    require(std::isfinite(value) && (value > bound || (may_equal && value == bound)),
            std::string(name) + " = " + std::to_string(value) + ": must be " + (may_equal ? "at least " : "above ") +
                std::to_string(bound));
  };
  const std::size_t neurons = std::size_t(setup.patterns.neurons());
  require(neurons > 0 && setup.cues > 0 && setup.patterns.count() >= 0,
          "associative memory: neurons and cues must be positive");
  const Parameters& p = setup.parameters;
  require_above(p.tau_neuron, 0, false, "tau_neuron");
  require_above(p.tau_synapse, 0, false, "tau_synapse");
  require_above(p.tau_process, 0, false, "tau_process");
  require_above(p.gain_neuron, 0, false, "gain_neuron");
  require_above(p.gain_synapse, 0, false, "gain_synapse");
  require_above(p.gain_process, 0, false, "gain_process");
  require_above(p.decay_neuron, 0, true, "decay_neuron");
  require_above(p.decay_synapse, 0, true, "decay_synapse");
  require_above(p.decay_process, 0, true, "decay_process");
  require_above(p.dt, 0, false, "dt");
  require_above(p.tolerance, 0, false, "tolerance");
  require_above(p.settled_rate, 0, true, "settled_rate");
  for (const double weight : {p.hebbian_weight, p.process_to_synapse, p.synapse_to_process, p.memory_weight})
    require(std::isfinite(weight), "associative memory: a weight is not finite");
  require(setup.biases.neuron.empty() || setup.biases.neuron.size() == neurons,
          "associative memory: one bias b per neuron expected");
  for (const auto* values : {&setup.biases.synapse, &setup.biases.process})
    require(values->empty() || values->size() == neurons * neurons,
            "associative memory: biases c and d need one value per pair of neurons");
}

std::string name_of(const MemorySetup& setup) {
  const std::int64_t patterns = setup.patterns.count();
  return "associative memory of " + std::to_string(setup.patterns.neurons()) + " neurons, " + std::to_string(patterns) +
         (patterns == 1 ? " pattern and " : " patterns and ") + std::to_string(setup.cues) +
         (setup.cues == 1 ? " cue" : " cues");
}

std::string why_no_energy(const MemorySetup& setup) {
  const Parameters& p = setup.parameters;
  if (p.hebbian_weight < 0) return "the dynamics have no energy for hebbian_weight < 0";
  if (p.process_to_synapse != p.synapse_to_process && !(p.process_to_synapse * p.synapse_to_process > 0))
    return "the dynamics have no energy unless process_to_synapse and synapse_to_process have one sign";
  if (!is_symmetric_matrix(setup.biases.synapse, setup.patterns.neurons()) ||
      !is_symmetric_matrix(setup.biases.process, setup.patterns.neurons()))
    return "the dynamics have no energy for biases c or d that are not symmetric";
  return {};
}

}  // namespace tripartite::memory
