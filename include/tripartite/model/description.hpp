#pragma once

#include <cstddef>
#include <span>
#include <string_view>

/// What a model says about itself, once: from these lists follow allocation, keys of configurations, help texts, the
/// tables of the documentation, recording, saved states and the watch over numbers.
namespace tripartite {

struct ParameterInfo {
  const char* name;
  const char* symbol;
  double standard;  // default
  const char* unit;
  bool is_positive;  // else at least 0
  const char* meaning;
};

constexpr bool positive = true;  // in a list, for the least value: 0 is excluded

/// States of the slow clock may take one step in the time of several steps of the fast ones (docs/models.md,
/// Integrators). A model without such a distinction has fast states only.
enum class Clock { fast, slow };

struct StateInfo {
  const char* name;
  const char* symbol;
  const char* unit;
  double initial;
  double highest;  // its domain is [0, highest]; 0: bounded only by being finite
  const char* meaning;
  Clock clock = Clock::fast;
};

/// What enters a model from outside (input), or leaves it computed from states (output).
struct PortInfo {
  const char* name;
  const char* symbol;
  const char* unit;
  const char* meaning;
  Clock clock = Clock::fast;  // of the states that read it
  bool has_factor = false;    // input: an element may scale the common signal by a factor of its own
};

/// A choice that changes the form of the equations, the same for all elements of a population.
struct OptionInfo {
  const char* name;
  const char* choices;  // separated by spaces; the first is the default
  const char* meaning;
};

/// The description of a model at run time.
struct ModelDescription {
  std::string_view name;   // "gchi", "tripartite_synapse.gchi"
  std::string_view title;  // one line: what it is, and its source
  std::span<const ParameterInfo> parameters;
  std::span<const StateInfo> states;
  std::span<const PortInfo> inputs, outputs;
  std::span<const OptionInfo> options;
  int watched = -1;        // state whose upward crossing of a threshold is an event; -1: none
  std::string_view event;  // what that event is called
  int exchanged = -1;      // state that flows between pairs of elements (gap junctions); -1: none does
  // Of a model on a calcium model: where its parameters and states begin, and how many states there are.
  int ip3 = -1;  // state of its IP3
  int cell_parameter = -1, cell_state = -1, cell_states = 0;
  bool takes_spikes = false;    // incoming spikes act on it
  bool has_two_clocks = false;  // slow states can be advanced apart from the fast ones
  bool has_jacobian = false;    // Rosenbrock methods can be used
};

}  // namespace tripartite
