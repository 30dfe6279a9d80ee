#include "host/config/network_fields.hpp"

#include <fmt/format.h>

#include "host/config/model_config.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/bare_synapse.hpp"

namespace tripartite::config {
namespace {

void add_states(const ModelDescription& model, NetworkPart part, const char* suffix,
                std::vector<NetworkField>& fields) {
  for (const StateInfo& state : model.states)
    fields.push_back({std::string(state.name) + suffix, part, FieldSource::state, state.name, state.unit});
}

void add_release(NetworkPart part, const char* suffix, std::vector<NetworkField>& fields) {
  fields.push_back({std::string("r") + suffix, part, FieldSource::used, {}, "1"});
  fields.push_back({std::string("flow") + suffix, part, FieldSource::flow, {}, "1/s"});
}

}  // namespace

std::vector<NetworkField> network_fields(std::string_view calcium_model) {
  std::vector<NetworkField> fields;
  add_states(model<RateNeuron>().description, NetworkPart::neurons, "", fields);
  fields.push_back({"I_ext", NetworkPart::neurons, FieldSource::external, {}, "1/s"});
  fields.push_back({"z", NetworkPart::neurons, FieldSource::input, {}, "1/s"});
  const CalciumModel& calcium = find_calcium_model(calcium_model);
  add_states(calcium.synapse().description, NetworkPart::synapses, "", fields);
  add_release(NetworkPart::synapses, "", fields);
  add_states(model<BareSynapse>().description, NetworkPart::bare_synapses, "_bare", fields);
  add_release(NetworkPart::bare_synapses, "_bare", fields);
  add_states(calcium.astrocyte().description, NetworkPart::astrocytes, "_s", fields);
  return fields;
}

std::string words_of_network_fields() {
  const auto listed = [](NetworkPart part) {
    std::string names;
    for (const NetworkField& field : network_fields(calcium_models().front().name))
      if (field.part == part) names += (names.empty() ? "" : " ") + field.name;
    return names;
  };
  return fmt::format(
      "{} of neurons (I_ext: input from outside; z: all input); {} of tripartite synapses; {} of bare ones; {} of "
      "somata",
      listed(NetworkPart::neurons), listed(NetworkPart::synapses), listed(NetworkPart::bare_synapses),
      listed(NetworkPart::astrocytes));
}

}  // namespace tripartite::config
