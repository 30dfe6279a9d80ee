#pragma once

// Makes a Model of what a header says: cmake/TripartiteModel.cmake writes a source file that includes this header, then
// the header of a model, whose last line says what to register.
#include <array>
#include <string>

#include "host/simd/dispatch.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/attention/process_calcium.hpp"
#include "tripartite/model/registry.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

#ifndef TRIPARTITE_CUDA_MODULE_OF_MODELS
#define TRIPARTITE_CUDA_MODULE_OF_MODELS ""
#endif

namespace tripartite::population {

TRIPARTITE_FOR_EACH_INSTRUCTION_SET(template <class Family, class Real> CpuLoops<Real> loops();)

template <class Family, class Real>
CpuLoops<Real> loops_for(InstructionSet set) {
  return TRIPARTITE_CALL_FOR(set, template loops<Family, Real>());
}

template <class M>
constexpr auto parameters_of() {
  std::array<ParameterInfo, std::size_t(parameter_count_of<M>())> all{};
  std::size_t place = 0;
  for (const ParameterInfo& info : M::own_parameters) all[place++] = info;
  if constexpr (HasCell<M>)
    for (const ParameterInfo& info : M::Cell::own_parameters) all[place++] = info;
  return all;
}

template <class M>
constexpr bool names_are_unique() {
  const auto all = parameters_of<M>();
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (std::string_view(all[i].name) == std::string_view(all[j].name)) return false;
  return true;
}

template <class M>
constexpr auto states_of() {
  // For Clang 14, as in tripartite/model/model.hpp.
  [[maybe_unused]] constexpr auto bytes = sizeof(M::state_infos);
  std::array<StateInfo, std::size_t(M::State::count)> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = M::state_infos[int(i)];
  return all;
}

template <class Family>
const Model& registered() {
  using M = typename Family::template Of<double>;
  static constexpr auto parameters = parameters_of<M>();
  static constexpr auto states = states_of<M>();
  static_assert(names_are_unique<M>(), "two parameters of the model have the same name");
  static_assert(parameters.size() <= most_parameters && states.size() <= most_states,
                "more than loops.hpp provides for");
  static_assert(M::Input::count <= most_inputs && output_count_of<M>() <= most_outputs &&
                option_count_of<M>() <= most_options);
  static const std::string name = [] {
    std::string text = M::name;
    if constexpr (HasCell<M>) text += std::string(".") + M::Cell::name;
    return text;
  }();
  static const Model model = [] {
    Model made;
    ModelDescription& d = made.description;
    d.name = name;
    d.title = M::title;
    d.parameters = parameters;
    d.states = states;
    d.inputs = M::input_infos;
    if constexpr (HasOutputs<M>) d.outputs = M::output_infos;
    if constexpr (HasOptions<M>) d.options = M::option_infos;
    d.watched = watched_of<M>();
    if constexpr (HasEvent<M>) d.event = M::event;
    if constexpr (HasCell<M>) {
      d.cell_parameter = own_parameter_count<M>;
      d.cell_state = M::first_cell_state;
      d.ip3 = d.cell_state + M::Cell::State::ip3;
      d.cell_states = M::Cell::State::count;
    }
    d.takes_spikes = TakesSpikes<M>;
    d.has_two_clocks = HasTwoClocks<M>;
    d.has_jacobian = HasJacobian<M>;
    if constexpr (HasExchange<M>) d.exchanged = M::exchanged;
    made.cpu_float = loops_for<Family, float>;
    made.cpu_double = loops_for<Family, double>;
    made.cuda_module = TRIPARTITE_CUDA_MODULE_OF_MODELS;
    return made;
  }();
  return model;
}

/// Needs the models on C to be registered.
template <template <class> class C>
const CalciumModel& registered_calcium() {
  static constexpr auto parameters = parameters_of<C<double>>();
  static constexpr auto states = states_of<C<double>>();
  static_assert(states.size() <= most_states, "more than loops.hpp provides for");
  static const CalciumModel model{C<double>::name,
                                  C<double>::title,
                                  &tripartite::model<TripartiteSynapse, C>,
                                  &tripartite::model<Astrocyte, C>,
                                  parameters,
                                  states,
                                  C<double>::State::calcium,
                                  &attention::process_loops<C>};
  return model;
}

}  // namespace tripartite::population

#undef TRIPARTITE_MODEL
#define TRIPARTITE_MODEL(M)                    \
  template <>                                  \
  const Model& model<M>() {                    \
    return population::registered<Plain<M>>(); \
  }
#undef TRIPARTITE_CALCIUM_MODEL
#define TRIPARTITE_CALCIUM_MODEL(C)                            \
  template <>                                                  \
  const Model& model<TripartiteSynapse, C>() {                 \
    return population::registered<On<TripartiteSynapse, C>>(); \
  }                                                            \
  template <>                                                  \
  const Model& model<Astrocyte, C>() {                         \
    return population::registered<On<Astrocyte, C>>();         \
  }                                                            \
  template <>                                                  \
  const CalciumModel& calcium_model<C>() {                     \
    return population::registered_calcium<C>();                \
  }
