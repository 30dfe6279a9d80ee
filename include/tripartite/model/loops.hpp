#pragma once

#include <cstdint>

#include "tripartite/backend.hpp"
#include "tripartite/integrate/methods.hpp"
#include "tripartite/network/spikes.hpp"

/// What drivers hand to the compiled loops of a model, on the CPU and on CUDA: arrays whose number the model decides.
/// Nothing here depends on a model, so that one driver serves all of them.
namespace tripartite {

inline constexpr int most_inputs = 8;
inline constexpr int most_outputs = 4;
inline constexpr int most_states = 32;
inline constexpr int most_parameters = 96;
inline constexpr int most_options = 8;

/// What enters through one input: common * factor[i] + value[index[i]].
template <class Real>
struct InputPort {
  // A window: at ends and middles of substeps; a stage: one value; whole: at the beginning, middle and end.
  const Real* common = nullptr;
  const Real* factor = nullptr;          // [elements], or null: 1
  const Real* value = nullptr;           // or null: 0
  const std::uint32_t* index = nullptr;  // [elements] of `value`, or null: value[i]
};

/// A sinusoidal input about the beginning of a window, for methods that choose their steps:
/// mean + sine sin(π half_turns t) + cosine cos(π half_turns t), t since the window began, so that float32 does not
/// lose the phase of a long run.
template <class Real>
struct WindowSignal {
  Real mean = 0, sine = 0, cosine = 0, half_turns = 0;
};

/// An event: time since the window began, in steps of dt with fixed methods, in seconds with adaptive ones.
struct Crossing {
  double time;
  std::int64_t element;
};

/// A state that left its domain; element < 0: none.
struct Fault {
  std::int64_t element = -1;
  int state = 0;
};

/// The elements of a population.
template <class Real>
struct Elements {
  Real* state[most_states] = {};             // of all elements
  Real highest[most_states] = {};            // of the domains, with room for the overshoot of a method
  Real shared[most_parameters] = {};         // parameters that do not vary
  const Real* varied[most_parameters] = {};  // of all elements, or null
  bool any_varied = false;
  int option[most_options] = {};
  InputPort<Real> input[most_inputs];
};

/// Many steps of elements that nothing else acts on in between.
template <class Real>
struct Window {
  integrate::Method method{};
  int steps = 0, substeps = 1;
  Real dt = 0;                  // of a substep
  int slow_every = 1;           // steps of the fast states in one of the slow ones
  int phase = 0;                // how many of them were taken when the window begins
  Real slow_dt = 0;             // of the slow states
  Real* average_sum = nullptr;  // of all elements: of the averaged state, over the substeps since the last slow step
  // Adaptive methods.
  Real* step_size = nullptr;  // of all elements
  WindowSignal<Real> signal[most_inputs];
  Real relative = 0, absolute = 0;
};

/// Which states a stage advances.
enum class StageClock { one, fast, slow };

/// One stage of one step, or all stages of one whose inputs are held.
template <class Real>
struct StageWindow {
  StageClock clock{};
  bool is_whole = false;       // all stages of `method`, in registers
  integrate::Method method{};  // if is_whole
  integrate::Stage<Real> stage;
  Real dt = 0;                      // exponential, or whole
  Real* at[most_states] = {};       // state of the stage; the same as `state` if every stage is a whole substep
  Real* sum[most_states] = {};      // of slopes
  Real* output[most_outputs] = {};  // of all elements, or null
  Real* average_sum = nullptr;
  Real average_weight = 0;               // what makes it a mean
  bool is_step_end = false;              // crossings count
  const Real* watched_before = nullptr;  // of all elements, at the beginning of the step; null: it is the stage's
};

// ---- the CPU backend: a tile of elements at a time

template <class Real>
struct Tile {
  Elements<Real> elements;
  std::int64_t first = 0, last = 0;  // first is a multiple of 64 bytes, last of a register
  const Arrival* arrival = nullptr;  // sorted by element, then step
  std::int64_t arrivals = 0;
  Crossing* crossing = nullptr;  // out
  std::int64_t crossings = 0, capacity = 0;
  Fault fault;            // out
  bool is_stuck = false;  // out: an adaptive step became too small, in the pack of `fault`
};

/// Flow between pairs: sum over the neighbours of each element.
template <class Real>
struct PairRun {
  const Real* here;          // of all elements
  const std::size_t* begin;  // [elements + 1] into neighbour
  const std::uint32_t* neighbour;
  std::int64_t first, last;
  Real* sum;  // out
};

template <class Real>
struct CpuLoops {
  void (*fixed)(Tile<Real>&, const Window<Real>&) = nullptr;
  void (*adaptive)(Tile<Real>&, const Window<Real>&) = nullptr;
  void (*stage)(Tile<Real>&, const StageWindow<Real>&) = nullptr;
  void (*exchange)(const Elements<Real>&, const PairRun<Real>&) = nullptr;  // null: the model has none
  /// One event of element `place` (an index into the arrays), for a driver that locates events itself.
  void (*crossed)(const Elements<Real>&, std::int64_t place) = nullptr;
  /// The threshold of the watched state of that element.
  Real (*threshold)(const Elements<Real>&, std::int64_t place) = nullptr;
};

}  // namespace tripartite
