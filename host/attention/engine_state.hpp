#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

#include "tripartite/attention/engine.hpp"

namespace tripartite::attention {

/// The complete state of an engine between two phases, as it lies in a stream: heads in order, without padding; what
/// synapses have in common, once.
template <class Real>
struct EngineState {
  std::vector<Real> key, query, value, output;               // [heads x width]
  std::vector<Real> hidden;                                  // [heads x hidden]
  std::vector<Real> hebbian;                                 // [heads x width x hidden]
  std::vector<Real> store;                                   // [heads x hidden], of synapses with b = 1
  std::vector<Real> calcium;                                 // [heads x astrocytes], or [heads x width x hidden]
  std::vector<double> processes;                             // of a calcium model, all its states of each
  std::vector<Real> stored_keys;                             // [heads x width x hidden], slots only
  std::vector<Real> key_tokens, query_tokens, value_tokens;  // [tokens x heads x width]
  std::vector<Real> outputs;                                 // [tokens x heads x width]
  std::int32_t stored = 0;                                   // tokens that slots hold
  std::int32_t held_token = -2;                              // -1: none, in a delay; -2: no phase yet
  std::uint8_t held_in_read = 0;                             // whether it drives as a query
  double held_for = 0;                                       // [s]

  EngineState() = default;
  /// Room for what has the same layout on every backend.
  EngineState(std::size_t heads, std::size_t width, std::size_t hidden, std::size_t tokens, bool has_slots);

  /// Calls use(name, array) for every array.
  template <class State, class Use>
  static void for_each_array(State& state, Use&& use) {
    use("key", state.key);
    use("query", state.query);
    use("value", state.value);
    use("output", state.output);
    use("hidden", state.hidden);
    use("hebbian", state.hebbian);
    use("store", state.store);
    use("calcium", state.calcium);
    use("processes", state.processes);
    use("stored_keys", state.stored_keys);
    use("key_tokens", state.key_tokens);
    use("query_tokens", state.query_tokens);
    use("value_tokens", state.value_tokens);
    use("outputs", state.outputs);
  }
};

/// What a state belongs to: stands at the beginning of its stream.
class StateOwner {
 public:
  explicit StateOwner(const EngineSetup& setup);

  /// Throws FileError if the stream fails.
  template <class Real>
  void write(std::ostream& out, const EngineState<Real>& state) const;
  /// Reads into `state`, whose arrays have the sizes that are expected. Throws FileError that names what differs if the
  /// stream belongs to another setup, or is damaged.
  template <class Real>
  void read(std::istream& in, EngineState<Real>& state) const;

 private:
  template <class Stream>
  void identify(Stream& stream) const;

  std::int32_t heads_, width_, hidden_, tokens_;
  Parameters parameters_;
  std::string_view features_;
  std::uint64_t maps_, synapses_, processes_;  // checksums
};

}  // namespace tripartite::attention
