#include "host/memory/memory_state.hpp"

#include <span>
#include <string_view>
#include <type_traits>

#include "host/run/state_stream.hpp"

namespace tripartite::memory {
namespace {

struct NamedParameter {
  std::string_view name;
  double Parameters::*member;
};

constexpr NamedParameter numbers[] = {
    {"tau_neuron", &Parameters::tau_neuron},
    {"tau_synapse", &Parameters::tau_synapse},
    {"tau_process", &Parameters::tau_process},
    {"decay_neuron", &Parameters::decay_neuron},
    {"decay_synapse", &Parameters::decay_synapse},
    {"decay_process", &Parameters::decay_process},
    {"gain_neuron", &Parameters::gain_neuron},
    {"gain_synapse", &Parameters::gain_synapse},
    {"gain_process", &Parameters::gain_process},
    {"hebbian_weight", &Parameters::hebbian_weight},
    {"process_to_synapse", &Parameters::process_to_synapse},
    {"synapse_to_process", &Parameters::synapse_to_process},
    {"memory_weight", &Parameters::memory_weight},
    {"dt", &Parameters::dt},
    {"tolerance", &Parameters::tolerance},
    {"settled_rate", &Parameters::settled_rate},
};

std::string_view name_of(Solver solver) {
  switch (solver) {
    case Solver::euler: return "euler";
    case Solver::exponential_euler: return "exponential_euler";
    case Solver::rk4: return "rk4";
    case Solver::adaptive: return "adaptive";
  }
  return "";
}

std::uint64_t checksum_of(const Patterns& patterns) {
  run::Checksum checksum;
  for (int neuron = 0; neuron < patterns.neurons(); ++neuron)
    checksum.put(std::as_bytes(std::span(patterns.row(neuron), std::size_t(patterns.words()))));
  return checksum.value();
}

std::uint64_t checksum_of(const Biases& biases) {
  run::Checksum checksum;
  for (const auto* values : {&biases.neuron, &biases.synapse, &biases.process}) {
    const std::uint64_t size = values->size();
    checksum.put(std::as_bytes(std::span(&size, 1)));
    checksum.put(std::as_bytes(std::span(*values)));
  }
  return checksum.value();
}

template <class Real>
constexpr std::string_view kind = std::is_same_v<Real, float> ? "memory float32" : "memory float64";

/// Calls use(name, array) for every array of numbers.
template <class State, class Use>
void for_each_array(State& state, Use&& use) {
  use("neurons", state.neurons);
  use("synapses", state.synapses);
  use("processes", state.processes);
  use("currents", state.currents);
  use("projections", state.projections);
}

/// As a stream holds it.
template <class Member>
using Saved = std::conditional_t<std::is_same_v<Member, bool>, std::uint8_t, Member>;

/// Calls use(name, member) for every member of a cue's status.
template <class Use>
void for_each_member(Use&& use) {
  use("time", &CueStatus::time);
  use("dt of the next step", &CueStatus::dt);
  use("steps", &CueStatus::steps);
  use("rejected", &CueStatus::rejected);
  use("rate", &CueStatus::rate);
  use("is_settled", &CueStatus::is_settled);
}

}  // namespace

template <class Real>
MemoryState<Real>::MemoryState(const MemorySetup& setup)
    : status(std::size_t(setup.cues)), started_symmetric(status.size(), 1) {
  const std::size_t cues = status.size(), size = std::size_t(setup.patterns.neurons());
  for (auto* values : {&neurons, &currents}) values->resize(cues * size);
  for (auto* values : {&synapses, &processes}) values->resize(cues * size * size);
  projections.resize(cues * std::size_t(setup.patterns.count()));
}

MemoryStateOwner::MemoryStateOwner(const MemorySetup& setup)
    : neurons_(setup.patterns.neurons()),
      cues_(setup.cues),
      pattern_count_(setup.patterns.count()),
      parameters_(setup.parameters),
      patterns_(checksum_of(setup.patterns)),
      biases_(checksum_of(setup.biases)) {}

template <class Stream>
void MemoryStateOwner::identify(Stream& stream) const {
  stream.require("neurons", neurons_);
  stream.require("cues", cues_);
  stream.require("patterns", pattern_count_);
  stream.require_word("solver", name_of(parameters_.solver));
  for (const NamedParameter& number : numbers) stream.require(number.name, parameters_.*number.member);
  stream.require_fingerprint("signs of patterns", patterns_);
  stream.require_fingerprint("biases", biases_);
}

template <class Real>
void MemoryStateOwner::write(std::ostream& out, const MemoryState<Real>& state) const {
  run::StateWriter writer(out, kind<Real>);
  identify(writer);
  for_each_array(state, [&](std::string_view name, const auto& values) { writer.write(name, std::span(values)); });
  for_each_member([&]<class Member>(std::string_view name, Member CueStatus::*member) {
    std::vector<Saved<Member>> values;
    for (const CueStatus& cue : state.status) values.push_back(cue.*member);
    writer.write(name, std::span<const Saved<Member>>(values));
  });
  writer.write("started_symmetric", std::span(state.started_symmetric));
}

template <class Real>
void MemoryStateOwner::read(std::istream& in, MemoryState<Real>& state) const {
  run::StateReader reader(in, kind<Real>);
  identify(reader);
  for_each_array(state, [&](std::string_view name, auto& values) { reader.read(name, std::span(values)); });
  for_each_member([&]<class Member>(std::string_view name, Member CueStatus::*member) {
    std::vector<Saved<Member>> values(state.status.size());
    reader.read(name, std::span(values));
    for (std::size_t cue = 0; cue < values.size(); ++cue) state.status[cue].*member = Member(values[cue]);
  });
  reader.read("started_symmetric", std::span(state.started_symmetric));
}

template struct MemoryState<float>;
template struct MemoryState<double>;
template void MemoryStateOwner::write(std::ostream&, const MemoryState<float>&) const;
template void MemoryStateOwner::write(std::ostream&, const MemoryState<double>&) const;
template void MemoryStateOwner::read(std::istream&, MemoryState<float>&) const;
template void MemoryStateOwner::read(std::istream&, MemoryState<double>&) const;

}  // namespace tripartite::memory
