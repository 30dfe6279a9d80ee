#include "host/simulation/network_recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "host/config/selection.hpp"
#include "host/simulation/spread.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

using config::FieldSource;
using config::NetworkField;
using config::NetworkPart;

/// A part of a network as configurations and messages name it.
struct Part {
  const char* population;
  const char* key;
  std::string chosen;  // by the user; empty: `standard` of them
  std::uint64_t size = 0, standard = 0;
};

Part part_of(const config::NetworkConfig& c, const NetworkParts& parts, NetworkPart part) {
  const auto elements = static_cast<std::uint64_t>(c.recording.elements);
  switch (part) {
    case NetworkPart::neurons: return {"neurons", "neurons", c.recording.neurons, parts.neurons, elements};
    case NetworkPart::synapses: return {"synapses", "synapses", c.recording.synapses, parts.tripartite.size, elements};
    case NetworkPart::bare_synapses:
      return {"bare synapses", "bare_synapses", c.recording.bare_synapses, parts.bare.size, elements};
    case NetworkPart::astrocytes: return {"astrocytes", "astrocytes", c.recording.astrocytes, parts.somata, 0};
  }
  return {};
}

std::vector<std::uint64_t> elements_of(const Part& part) {
  if (part.chosen.empty()) return evenly_spread(part.size, part.standard);
  config::Selection chosen = config::select_elements(part.chosen, part.size);
  if (!chosen.error.empty())
    throw ConfigError(fmt::format("recording.{} = \"{}\": {}", part.key, part.chosen, chosen.error));
  return std::move(chosen.elements);
}

double of_element(const std::vector<double>& values, std::uint64_t element) {
  return values.size() == 1 ? values.front() : values[element];
}

using Compute = std::function<void(std::span<double>)>;

/// r or r ν of synapses, from their states.
Compute release_of(const Network& network, const NetworkParts::Synapses& synapses, const char* population,
                   bool has_receptors, FieldSource source, const std::vector<std::uint64_t>& chosen) {
  std::vector<std::uint64_t> pre;
  std::vector<double> resting, potentiated;
  for (const std::uint64_t synapse : chosen) {
    pre.push_back(synapses.pre[synapse]);
    resting.push_back(of_element(synapses.resting, synapse));
    if (has_receptors) potentiated.push_back(of_element(synapses.potentiated, synapse));
  }
  return [=, &network, population = std::string(population)](std::span<double> values) {
    if (values.empty()) return;
    const auto present = [&](const std::string& of, const char* state, const std::vector<std::uint64_t>& which) {
      std::vector<double> all(which.size());
      network.gather(network.field(of, state), which, std::span(all));
      return all;
    };
    const auto u = present(population, "u", chosen), x = present(population, "x", chosen);
    const auto bound = has_receptors ? present(population, "Gamma_S", chosen) : std::vector<double>();
    for (std::size_t k = 0; k < values.size(); ++k) {
      const double basal = has_receptors ? (1 - bound[k]) * resting[k] + potentiated[k] * bound[k] : resting[k];
      values[k] = (u[k] + basal * (1 - u[k])) * x[k];
    }
    if (source != FieldSource::flow) return;
    const auto rate = present("neurons", "nu", pre);
    for (std::size_t k = 0; k < values.size(); ++k) values[k] *= rate[k];
  };
}

/// Adds to the input of neurons what synapses bring: the sum of J r ν.
Compute synaptic_input_of(const Network& network, const NetworkParts::Synapses& synapses, const char* population,
                          bool has_receptors, const std::vector<std::uint64_t>& neurons) {
  std::vector<std::uint64_t> incoming;
  std::vector<std::size_t> onto;  // place among `neurons`
  std::vector<double> efficacy;
  for (std::size_t s = 0; s < synapses.size; ++s) {
    const auto at = std::lower_bound(neurons.begin(), neurons.end(), synapses.post[s]);
    if (at == neurons.end() || *at != synapses.post[s]) continue;
    incoming.push_back(s);
    onto.push_back(std::size_t(at - neurons.begin()));
    efficacy.push_back(synapses.efficacy[s]);
  }
  return [=, flow = release_of(network, synapses, population, has_receptors, FieldSource::flow, incoming)](
             std::span<double> values) {
    std::vector<double> flows(onto.size());
    flow(flows);
    for (std::size_t k = 0; k < flows.size(); ++k) values[onto[k]] += efficacy[k] * flows[k];
  };
}

Compute input_of(const Network& network, const NetworkParts& parts, const std::vector<std::uint64_t>& neurons) {
  return [external = parts.external, neurons,
          tripartite = synaptic_input_of(network, parts.tripartite, "synapses", true, neurons),
          bare = synaptic_input_of(network, parts.bare, "bare synapses", false, neurons)](std::span<double> values) {
    external(neurons, values);
    tripartite(values);
    bare(values);
  };
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): it does not see through std::function

run::Recorded recorded(const NetworkField& field, const Part& part, std::vector<std::uint64_t> chosen,
                       const Network& network, const NetworkParts& parts) {
  run::Recorded each;
  each.name = field.name;
  each.unit = field.unit;
  each.indices = std::move(chosen);
  const bool is_bare = field.part == NetworkPart::bare_synapses;
  switch (field.source) {
    case FieldSource::state: each.field = network.field(part.population, field.state); break;
    case FieldSource::external:
      each.compute = [external = parts.external, which = each.indices](std::span<double> values) {
        external(which, values);
      };
      break;
    case FieldSource::input: each.compute = input_of(network, parts, each.indices); break;
    case FieldSource::used:
    case FieldSource::flow:
      each.compute = release_of(network, is_bare ? parts.bare : parts.tripartite, part.population, !is_bare,
                                field.source, each.indices);
      break;
  }
  return each;
}

}  // namespace

std::vector<run::Recorded> recorded_fields(const config::NetworkConfig& c, const Network& network,
                                           const NetworkParts& parts) {
  std::vector<run::Recorded> all;
  const bool is_standard = c.recording.fields == config::NetworkRecording().fields;
  for (const NetworkField& field : config::network_fields(c.synapse.calcium)) {
    if (std::find(c.recording.fields.begin(), c.recording.fields.end(), field.name) == c.recording.fields.end())
      continue;
    const Part part = part_of(c, parts, field.part);
    std::vector<std::uint64_t> chosen = elements_of(part);
    if (chosen.empty() && !is_standard)
      throw ConfigError(
          fmt::format("recording.fields: {} is of {}, and this network has none", field.name, part.population));
    if (!chosen.empty()) all.push_back(recorded(field, part, std::move(chosen), network, parts));
  }
  return all;
}

std::function<double()> mean_release(const Network& network, const NetworkParts::Synapses& synapses) {
  if (synapses.size == 0) return [] { return std::numeric_limits<double>::quiet_NaN(); };
  return [&network, size = synapses.size, resting = synapses.resting, potentiated = synapses.potentiated] {
    const auto present = [&](const char* state) {
      std::vector<double> all(size);
      network.read(network.field("synapses", state), 0, std::span(all));
      return all;
    };
    const auto u = present("u"), x = present("x"), bound = present("Gamma_S");
    double sum = 0;
    for (std::size_t k = 0; k < size; ++k) {
      const double basal = (1 - bound[k]) * of_element(resting, k) + of_element(potentiated, k) * bound[k];
      sum += (u[k] + basal * (1 - u[k])) * x[k];
    }
    return sum / double(size);
  };
}

}  // namespace tripartite::simulation
