#pragma once

#include "tripartite/host_device.hpp"
#include "tripartite/model/description.hpp"

/// A model is one header: `template <class Value> struct M` with the equations of one cell or synapse. `Value` is the
/// type of its parameters, `Real` that of states: a number, or a register of numbers of many elements. M has
///
///   TRIPARTITE_PARAMETERS(LIST)                    its parameters (tripartite/model/parameters.hpp)
///   static constexpr const char *name, *title;
///   struct State { enum { ..., count }; };         states, with `static constexpr int states = State::count`
///   static constexpr StateInfo state_infos[];
///   struct Input { enum { ..., count }; };         what enters from outside
///   static constexpr PortInfo input_infos[];
///   rates(y, in, gain, loss)                       dy/dt = gain - loss y; exponential methods keep a state within its
///                                                  domain if gain, loss >= 0
/// and, where it applies,
///   slopes(y, in, slope)                           dy/dt for methods that need it alone, if fewer operations give it
///   Output, output_infos, outputs(y, in, out)      quantities computed from states, which projections add up
///   spike(y, here, weight), spikes_have_weight     an incoming spike, where the mask `here` holds
///   watched, threshold(), crossed(y, here), event  upward crossing of a threshold by a state
///   jacobian(y, in, j), depends(i, j)              for Rosenbrock methods
///   exchanged, exchange(here, there)               flow between pairs of elements along a state
///   Option, option_infos, int option[]             switches, the same for a population
///   fast_rates, slow_rates, averaged               two clocks: slow states see the mean of the fast state `averaged`
///
/// A calcium model has states State::ip3 and State::calcium, the single input ip3_production [uM/s] that adds to the
/// gain of IP3, `fastest_rate` [1/s], a bound on its rates, and no `states` of its own name.
///
/// TRIPARTITE_MODEL(M) or, behind a calcium model, TRIPARTITE_CALCIUM_MODEL(M), in namespace tripartite, names what
/// `tripartite_add_model(target header)` in CMake compiles: all instruction sets, all methods, CUDA.
namespace tripartite {

#ifndef TRIPARTITE_MODEL
#define TRIPARTITE_MODEL(M)
#endif
#ifndef TRIPARTITE_CALCIUM_MODEL
#define TRIPARTITE_CALCIUM_MODEL(M)
#endif

// ---- what a model has

template <class M>
concept HasCell = requires {
  typename M::Cell;
};
template <class M>
concept HasOutputs = requires {
  M::Output::count;
};
template <class M>
concept HasOptions = requires {
  M::Option::count;
};
template <class M>
concept HasEvent = requires {
  M::watched;
};
template <class M>
concept HasExchange = requires {
  M::exchanged;
};
template <class M>
concept HasTwoClocks = requires {
  M::averaged;
};
template <class M>
concept HasWeightedSpikes = requires {
  M::spikes_have_weight;
};
template <class M>
concept TakesSpikes = requires(const M& model, double (&y)[M::State::count], double weight) {
  model.spike(y, true, weight);
};
template <class M>
concept HasOwnJacobian = requires {
  M::depends(0, 0);
};
/// A model on a calcium model needs that of both.
template <class M>
concept HasJacobian = HasOwnJacobian<M> &&(!HasCell<M> || HasOwnJacobian<typename M::Cell>);

/// States of a model; a calcium model by itself has no `states`.
template <class M>
inline constexpr int state_count_of = M::State::count;
template <class M>
inline constexpr int input_count_of = M::Input::count;

template <class M>
constexpr int output_count_of() {
  if constexpr (HasOutputs<M>) return M::Output::count;
  return 0;
}
template <class M>
constexpr int option_count_of() {
  if constexpr (HasOptions<M>) return M::Option::count;
  return 0;
}
template <class M>
constexpr int watched_of() {
  if constexpr (HasEvent<M>) return M::watched;
  return -1;
}
/// Bit i: state i is of the slow clock. A number, since device code cannot index the lists of the host.
template <class M>
constexpr unsigned slow_states_of() {
  // Clang 14 indexes no list whose length it was not asked for before.
  [[maybe_unused]] constexpr auto bytes = sizeof(M::state_infos);
  unsigned mask = 0;
  for (int i = 0; i < M::State::count; ++i) mask |= M::state_infos[i].clock == Clock::slow ? 1U << i : 0U;
  return mask;
}
template <class M>
inline constexpr unsigned slow_states = slow_states_of<M>();
template <class M>
TRIPARTITE_HD constexpr bool is_slow(int state) {
  return (slow_states<M> >> state & 1U) != 0;
}

/// Bit p: input p is read by slow states; bit p: input p may have a factor per element.
template <class M>
constexpr unsigned slow_inputs_of() {
  // Clang 14 indexes no list whose length it was not asked for before.
  [[maybe_unused]] constexpr auto bytes = sizeof(M::input_infos);
  unsigned mask = 0;
  for (int p = 0; p < M::Input::count; ++p) mask |= M::input_infos[p].clock == Clock::slow ? 1U << p : 0U;
  return mask;
}
template <class M>
inline constexpr unsigned slow_inputs = slow_inputs_of<M>();
template <class M>
constexpr unsigned scaled_inputs_of() {
  // Clang 14 indexes no list whose length it was not asked for before.
  [[maybe_unused]] constexpr auto bytes = sizeof(M::input_infos);
  unsigned mask = 0;
  for (int p = 0; p < M::Input::count; ++p) mask |= M::input_infos[p].has_factor ? 1U << p : 0U;
  return mask;
}
template <class M>
inline constexpr unsigned scaled_inputs = scaled_inputs_of<M>();

/// What enters one element from outside, port by port.
template <class Real, int count>
struct Inputs {
  Real value[count];
};

// ---- parameters: a model's own, then those of its cell

template <class M>
inline constexpr int own_parameter_count = int(sizeof(M::own_parameters) / sizeof(ParameterInfo));

template <class M>
constexpr int parameter_count_of() {
  if constexpr (HasCell<M>) return own_parameter_count<M> + own_parameter_count<typename M::Cell>;
  return own_parameter_count<M>;
}

/// Calls visit(place, member) for each parameter of `model`, those of its cell included.
TRIPARTITE_NO_EXECUTION_CHECK
template <class M, class Visit>
TRIPARTITE_HD void each_parameter(M& model, Visit&& visit) {
  model.each_own_parameter(visit);
  if constexpr (HasCell<M>)
    model.cell.each_own_parameter([&](int place, auto& member) { visit(own_parameter_count<M> + place, member); });
}

// ---- families: models by their name alone, without the type of their parameters

template <template <class> class M>
struct Plain {
  template <class Value>
  using Of = M<Value>;
};
/// A model on a calcium model, such as TripartiteSynapse and Gchi.
template <template <class, template <class> class> class M, template <class> class Calcium>
struct On {
  template <class Value>
  using Of = M<Value, Calcium>;
};

/// A model with its compiled loops; one object per model for the life of the program.
class Model;

/// The registered model. Links only if `tripartite_add_model` compiled its header.
template <template <class> class M>
const Model& model();
template <template <class, template <class> class> class M, template <class> class Calcium>
const Model& model();

const ModelDescription& describe(const Model& model);

}  // namespace tripartite
