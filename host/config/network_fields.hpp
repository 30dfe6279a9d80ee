#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripartite::config {

/// The parts of a network that can be recorded.
enum class NetworkPart { neurons, synapses, bare_synapses, astrocytes };

/// How the values of a field come about.
enum class FieldSource {
  state,     // of the model
  external,  // I: what enters a neuron from outside the network
  input,     // z: the same with what synapses bring
  used,      // r: the fraction of resources that a spike uses
  flow       // r ν: resources released per time
};

/// Something that recordings.h5 can hold, by its name there.
struct NetworkField {
  std::string name;  // "C_s"
  NetworkPart part{};
  FieldSource source{};
  std::string state;  // of the model, of a state: "C"
  std::string unit;
};

/// All fields of networks whose astrocytes have this calcium model.
std::vector<NetworkField> network_fields(std::string_view calcium_model);

/// The same in words, for help texts.
std::string words_of_network_fields();

}  // namespace tripartite::config
