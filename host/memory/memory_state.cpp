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

/// One member of every cue's status, as an array.
template <class Member>
std::vector<Member> gathered(const std::vector<CueStatus>& status, Member CueStatus::*member) {
  std::vector<Member> values;
  for (const CueStatus& cue : status) values.push_back(cue.*member);
  return values;
}

template <class Member>
void scatter(run::StateReader& reader, std::string_view name, std::vector<CueStatus>& status,
             Member CueStatus::*member) {
  std::vector<Member> values(status.size());
  reader.read(name, std::span(values));
  for (std::size_t cue = 0; cue < status.size(); ++cue) status[cue].*member = values[cue];
}

}  // namespace

template <class Real>
MemoryState<Real>::MemoryState(const MemorySetup& setup) : status(std::size_t(setup.cues)) {
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

template <class Real>
void MemoryStateOwner::write(std::ostream& out, const MemoryState<Real>& state) const {
  run::StateWriter writer(out, kind<Real>);
  writer.write("neurons", neurons_);
  writer.write("cues", cues_);
  writer.write("patterns", pattern_count_);
  writer.write_word("solver", name_of(parameters_.solver));
  for (const NamedParameter& number : numbers) writer.write(number.name, parameters_.*number.member);
  writer.write("signs of patterns", patterns_);
  writer.write("biases", biases_);
  for_each_array(state, [&](std::string_view name, const auto& values) { writer.write(name, std::span(values)); });
  const auto write_status = [&](std::string_view name, auto member) {
    const auto values = gathered(state.status, member);
    writer.write(name, std::span(values));
  };
  write_status("time", &CueStatus::time);
  write_status("dt of the next step", &CueStatus::dt);
  write_status("steps", &CueStatus::steps);
  write_status("rejected", &CueStatus::rejected);
  write_status("rate", &CueStatus::rate);
  std::vector<std::uint8_t> is_settled;
  for (const CueStatus& cue : state.status) is_settled.push_back(cue.is_settled ? 1 : 0);
  writer.write("is_settled", std::span<const std::uint8_t>(is_settled));
  writer.write("started_symmetric", state.started_symmetric);
}

template <class Real>
void MemoryStateOwner::read(std::istream& in, MemoryState<Real>& state) const {
  run::StateReader reader(in, kind<Real>);
  reader.require("neurons", neurons_);
  reader.require("cues", cues_);
  reader.require("patterns", pattern_count_);
  reader.require_word("solver", name_of(parameters_.solver));
  for (const NamedParameter& number : numbers) reader.require(number.name, parameters_.*number.member);
  reader.require_fingerprint("signs of patterns", patterns_);
  reader.require_fingerprint("biases", biases_);
  for_each_array(state, [&](std::string_view name, auto& values) { reader.read(name, std::span(values)); });
  scatter(reader, "time", state.status, &CueStatus::time);
  scatter(reader, "dt of the next step", state.status, &CueStatus::dt);
  scatter(reader, "steps", state.status, &CueStatus::steps);
  scatter(reader, "rejected", state.status, &CueStatus::rejected);
  scatter(reader, "rate", state.status, &CueStatus::rate);
  std::vector<std::uint8_t> is_settled(state.status.size());
  reader.read("is_settled", std::span(is_settled));
  for (std::size_t cue = 0; cue < state.status.size(); ++cue) state.status[cue].is_settled = is_settled[cue] != 0;
  state.started_symmetric = reader.read<std::uint8_t>("started_symmetric");
}

template struct MemoryState<float>;
template struct MemoryState<double>;
template void MemoryStateOwner::write(std::ostream&, const MemoryState<float>&) const;
template void MemoryStateOwner::write(std::ostream&, const MemoryState<double>&) const;
template void MemoryStateOwner::read(std::istream&, MemoryState<float>&) const;
template void MemoryStateOwner::read(std::istream&, MemoryState<double>&) const;

}  // namespace tripartite::memory
