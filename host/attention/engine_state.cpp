#include "host/attention/engine_state.hpp"

#include <string>
#include <type_traits>

#include "host/run/state_stream.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::attention {
namespace {

struct NamedParameter {
  std::string_view name;
  double Parameters::*member;
};

/// Every number that a phase depends on.
constexpr NamedParameter numbers[] = {
    {"tau_input", &Parameters::tau_input},
    {"tau_hidden", &Parameters::tau_hidden},
    {"tau_output", &Parameters::tau_output},
    {"tau_calcium", &Parameters::tau_calcium},
    {"tau_hebbian", &Parameters::tau_hebbian},
    {"tau_store", &Parameters::tau_store},
    {"decay_hebbian", &Parameters::decay_hebbian},
    {"decay_store", &Parameters::decay_store},
    {"calcium_floor", &Parameters::calcium_floor},
    {"calcium_speed", &Parameters::calcium_speed},
    {"settle_time", &Parameters::settle_time},
    {"write_time", &Parameters::write_time},
    {"delay_time", &Parameters::delay_time},
    {"read_time", &Parameters::read_time},
    {"dt", &Parameters::dt},
};

std::string_view name_of(Solver solver) {
  switch (solver) {
    case Solver::exact: return "exact";
    case Solver::exponential_euler: return "exponential_euler";
    case Solver::euler: return "euler";
    case Solver::rk4: return "rk4";
  }
  return "";
}

std::string_view name_of(Activation activation) {
  switch (activation) {
    case Activation::exponential: return "exponential";
    case Activation::relu: return "relu";
    case Activation::elu1: return "elu1";
    case Activation::slots: return "slots";
  }
  return "";
}

void put(run::Checksum& checksum, std::span<const double> values) {
  const std::uint64_t size = values.size();
  checksum.put(std::as_bytes(std::span(&size, 1)));
  checksum.put(std::as_bytes(values));
}

std::uint64_t checksum_of(const std::vector<FeatureMap>& maps) {
  run::Checksum checksum;
  for (const FeatureMap& map : maps) {
    checksum.put(std::as_bytes(std::span(&map.activation, 1)));
    for (const FeatureSide* side : {&map.key, &map.query}) {
      for (const auto* values : {&side->projection, &side->offset, &side->norm, &side->norm_offset, &side->linear})
        put(checksum, *values);
      put(checksum, std::span(&side->constant, 1));
    }
  }
  return checksum.value();
}

std::uint64_t checksum_of(const std::vector<SynapseFactors>& factors) {
  run::Checksum checksum;
  for (const SynapseFactors& of_head : factors)
    for (const auto* values : {&of_head.hebbian, &of_head.store, &of_head.tau_calcium})
      if (!values->empty()) put(checksum, *values);
  return checksum.value();
}

std::uint64_t checksum_of(const std::vector<ProcessScale>& processes, std::size_t states) {
  run::Checksum checksum;
  for (const ProcessScale& scale : processes) {
    const double values[] = {scale.production, scale.gain, scale.rest, scale.least};
    put(checksum, values);
    put(checksum, std::span(scale.initial).first(states));
  }
  return checksum.value();
}

std::size_t process_states(const Parameters& parameters) {
  return parameters.has_calcium_model() ? calcium_model_of(parameters).states.size() : 0;
}

/// Calls visit(name, value) for each parameter of the calcium model, if there is one.
template <class Visit>
void for_each_calcium_parameter(const Parameters& parameters, Visit visit) {
  if (!parameters.has_calcium_model()) return;
  const CalciumModel& model = calcium_model_of(parameters);
  const std::vector<double> values = calcium_parameters_of(parameters);
  for (std::size_t i = 0; i < values.size(); ++i) visit(std::string_view(model.parameters[i].name), values[i]);
}

template <class Real>
constexpr std::string_view kind = std::is_same_v<Real, float> ? "attention float32" : "attention float64";

}  // namespace

template <class Real>
EngineState<Real>::EngineState(std::size_t heads, std::size_t width, std::size_t hidden_neurons, std::size_t tokens,
                               bool has_slots)
    : hidden(heads * hidden_neurons),
      hebbian(heads * width * hidden_neurons),
      store(heads * hidden_neurons),
      stored_keys(has_slots ? heads * width * hidden_neurons : 0) {
  for (auto* neurons : {&key, &query, &value, &output}) neurons->resize(heads * width);
  for (auto* rows : {&key_tokens, &query_tokens, &value_tokens, &outputs}) rows->resize(tokens * heads * width);
}

StateOwner::StateOwner(const EngineSetup& setup)
    : heads_(setup.heads()),
      width_(setup.width),
      hidden_(setup.hidden),
      tokens_(setup.tokens),
      parameters_(setup.parameters),
      features_(name_of(setup.maps.front().activation)),
      maps_(checksum_of(setup.maps)),
      synapses_(checksum_of(setup.factors)),
      processes_(checksum_of(setup.processes, process_states(setup.parameters))) {}

template <class Stream>
void StateOwner::identify(Stream& stream) const {
  stream.require("heads", heads_);
  stream.require("width", width_);
  stream.require("hidden neurons", hidden_);
  stream.require("tokens", tokens_);
  stream.require("astrocytes", std::int32_t(parameters_.astrocytes));
  stream.require_word("solver", name_of(parameters_.solver));
  stream.require_word("calcium model", parameters_.calcium_model);
  stream.require_word("features", features_);
  for (const NamedParameter& number : numbers) stream.require(number.name, parameters_.*number.member);
  stream.require_fingerprint("feature maps", maps_);
  stream.require_fingerprint("factors of synapses", synapses_);
  stream.require_fingerprint("scales of processes", processes_);
  for_each_calcium_parameter(parameters_, [&](std::string_view name, double value) { stream.require(name, value); });
}

template <class Real>
void StateOwner::write(std::ostream& out, const EngineState<Real>& state) const {
  run::StateWriter writer(out, kind<Real>);
  identify(writer);
  EngineState<Real>::for_each_array(
      state, [&](std::string_view name, const auto& values) { writer.write(name, std::span(values)); });
  writer.write("stored", state.stored);
  writer.write("held_token", state.held_token);
  writer.write("held_in_read", state.held_in_read);
  writer.write("held_for", state.held_for);
}

template <class Real>
void StateOwner::read(std::istream& in, EngineState<Real>& state) const {
  run::StateReader reader(in, kind<Real>);
  identify(reader);
  EngineState<Real>::for_each_array(state,
                                    [&](std::string_view name, auto& values) { reader.read(name, std::span(values)); });
  state.stored = reader.read<std::int32_t>("stored");
  state.held_token = reader.read<std::int32_t>("held_token");
  state.held_in_read = reader.read<std::uint8_t>("held_in_read");
  state.held_for = reader.read<double>("held_for");
}

template struct EngineState<float>;
template struct EngineState<double>;
template void StateOwner::write(std::ostream&, const EngineState<float>&) const;
template void StateOwner::write(std::ostream&, const EngineState<double>&) const;
template void StateOwner::read(std::istream&, EngineState<float>&) const;
template void StateOwner::read(std::istream&, EngineState<double>&) const;

}  // namespace tripartite::attention
