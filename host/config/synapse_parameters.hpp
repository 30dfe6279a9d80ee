#pragma once

#include "host/config/attention_parameters.hpp"
#include "host/config/choices.hpp"
#include "host/config/method_help.hpp"
#include "host/config/model_parameters.hpp"
#include "host/config/parameter_table.hpp"
#include "host/config/synapse_config.hpp"

namespace tripartite::config {

template <>
struct Choices<DriveKind> {
  static constexpr std::array names{
      std::pair{DriveKind::rate, std::string_view("rate")},
      std::pair{DriveKind::poisson, std::string_view("poisson")},
      std::pair{DriveKind::file, std::string_view("file")},
  };
};

/// How an entry of population.varied may go on.
inline constexpr std::string_view laws_of_variation =
    "\"O_delta uniform LOW HIGH\", \"... normal MEAN SD\", \"... lognormal MEAN CV\", \"... truncated MEAN SD LOW "
    "HIGH\", \"... each VALUE VALUE ...\", \"... list FILE.csv COLUMN\" or \"... list FILE.h5 DATASET\"";

/// The initial value of a state of a model.
template <class Config, class Access>
void add_initial_value(ParameterTable<Config>& table, const std::string& key, const StateInfo& info, Access access) {
  table.add({.key = key,
             .symbol = info.symbol,
             .unit = std::string(info.unit) == "1" ? "" : info.unit,
             .meaning = info.meaning,
             .range = info.highest > 0 ? within(0, info.highest) : at_least(0)},
            access);
}

/// Sections of the calcium models but number `shown`, which the caller has shown among its own parameters: parameters
/// and, as initial_NAME, initial values. `cells(c)` are their values in a configuration.
template <class Config, class Cells>
void add_calcium_models(ParameterTable<Config>& table, const Model& (*CalciumModel::*of)(), std::size_t shown,
                        Cells cells) {
  for (std::size_t m = 0; m < calcium_models().size(); ++m) {
    if (m == shown) continue;
    const CalciumModel& each = calcium_models()[m];
    const ModelDescription& d = (each.*of)().description;
    table.section(std::string(each.name), std::string(each.title) + ", where it is the calcium model");
    for (std::size_t i = std::size_t(d.cell_parameter); i < d.parameters.size(); ++i)
      add_model_parameter(
          table, d.parameters[i],
          [ cells, m, k = i - std::size_t(d.cell_parameter) ](auto& c) -> auto& { return cells(c)[m].parameters[k]; });
    for (std::size_t k = 0; k < std::size_t(d.cell_states); ++k) {
      const StateInfo& state = d.states[std::size_t(d.cell_state) + k];
      add_initial_value(
          table, std::string("initial_") + state.name, state,
          [ cells, m, k ](auto& c) -> auto& { return cells(c)[m].initial[k]; });
    }
  }
}

/// That the calcium model exists, and that no parameter of another one was given. Throws ConfigError.
void check_calcium(const std::string& calcium, std::string_view key, std::string_view shown, const Origins& origins);

/// The parameters of tripartite synapses, for every command that has some: sections [synapse], [astrocyte], [initial],
/// and one for each further calcium model. `Config` has a member `synapse` of type TripartiteConfig.
template <class Config>
void add_synapse_parameters(ParameterTable<Config>& table) {
  const CalciumModel& shown = calcium_models().front();
  const ModelDescription& d = shown.synapse().description;
  const auto add_own = [&](std::size_t i) {
    add_model_parameter(
        table, d.parameters[i], [i](auto& c) -> auto& { return c.synapse.own[i]; });
  };
  table.section("synapse", "release of glutamate and its modulation by gliotransmitter");
  table.add(
      {.key = "calcium",
       .meaning = fmt::format("calcium model of the astrocyte: {}", names_of_calcium_models()),
       .option = "--calcium"},
      [](auto& c) -> auto& { return c.synapse.calcium; });
  const auto first_of_astrocyte = std::size_t(parameter_place(d, "O_N"));
  for (std::size_t i = 0; i < first_of_astrocyte; ++i) add_own(i);
  table.section("astrocyte", fmt::format("receptors, IP3, calcium ({}) and gliotransmitter of a process", shown.name));
  for (std::size_t i = first_of_astrocyte; i < std::size_t(d.cell_parameter); ++i) add_own(i);
  for (std::size_t i = std::size_t(d.cell_parameter); i < d.parameters.size(); ++i)
    add_model_parameter(
        table, d.parameters[i], [k = i - std::size_t(d.cell_parameter)](auto& c) -> auto& {
          return c.synapse.cells[0].parameters[k];
        });
  table.add(
      {.key = "exogenous_ip3", .meaning = "whether there is an exogenous source of IP3 (F_ex, drive.biases)"},
      [](auto& c) -> auto& { return c.synapse.exogenous_ip3; });
  table.add(
      {.key = "flux", .meaning = "form of the threshold of IP3 exchange; published jumps at 0"},
      [](auto& c) -> auto& { return c.synapse.flux; });
  table.section("initial", "state of every synapse at t = 0");
  std::size_t own = 0;
  for (int i = 0; i < int(d.states.size()); ++i) {
    const StateInfo& state = d.states[std::size_t(i)];
    if (i >= d.cell_state && i < d.cell_state + d.cell_states)
      add_initial_value(
          table, state.name,
          state, [k = std::size_t(i - d.cell_state)](auto& c) -> auto& { return c.synapse.cells[0].initial[k]; });
    else
      add_initial_value(
          table, state.name, state, [k = own++](auto& c) -> auto& { return c.synapse.own_initial[k]; });
  }
  add_calcium_models(
      table, &CalciumModel::synapse, 0, [](auto& c) -> auto& { return c.synapse.cells; });
  table.check([](const Config& c, const Origins& origins) {
    check_calcium(c.synapse.calcium, "synapse.calcium", calcium_models().front().name, origins);
  });
}

/// What adaptive solvers hold errors to. `Config` has a member `stepping`.
template <class Config>
void add_tolerances(ParameterTable<Config>& table) {
  table.add(
      {.key = "relative_tolerance", .meaning = "relative error allowed to an adaptive step", .range = above(0)},
      [](auto& c) -> auto& { return c.stepping.relative_tolerance; });
  table.add(
      {.key = "absolute_tolerance",
       .meaning = "absolute error allowed to an adaptive step, in the unit of each state",
       .range = above(0)},
      [](auto& c) -> auto& { return c.stepping.absolute_tolerance; });
}

/// Whether the run is repeated with a finer step. `Config` has a member `stepping`.
template <class Config>
void add_step_check(ParameterTable<Config>& table) {
  table.add(
      {.key = "check_step",
       .meaning = "repeat the run with half the step (adaptive methods: a tenth of the tolerances) and say by how much "
                  "the results differ",
       .option = "--check-step"},
      [](auto& c) -> auto& { return c.stepping.check_step; });
}

/// Which movements of calcium a sweep counts. `Config` has a member `least_amplitude`.
template <class Config>
void add_least_amplitude(ParameterTable<Config>& table) {
  table.add(
      {.key = "amplitude",
       .unit = "uM",
       .meaning = "least movement of calcium, from its smallest to its largest value, that counts as an oscillation",
       .range = above(0),
       .option = "--amplitude"},
      [](auto& c) -> auto& { return c.least_amplitude; });
}

/// Section [solver]. `Config` has a member `stepping`.
template <class Config>
void add_stepping_parameters(ParameterTable<Config>& table) {
  table.section("solver", "integration in time");
  table.add(
      {.key = "method",
       .meaning = with_measured_methods(
           "dormand_prince and rosenbrock choose their steps and locate events: dormand_prince per synapse or for a "
           "whole network, rosenbrock per synapse; the others take steps of dt and act on events at the ends of "
           "steps"),
       .option = "--solver"},
      [](auto& c) -> auto& { return c.stepping.method; });
  table.add(
      {.key = "dt",
       .unit = "s",
       .meaning = "time step; spikes act at the end of a step",
       .range = above(0),
       .option = "--dt"},
      [](auto& c) -> auto& { return c.stepping.dt; });
  table.add(
      {.key = "substeps", .meaning = "number of equal parts in which a step of dt is taken", .range = within(1, 1000)},
      [](auto& c) -> auto& { return c.stepping.substeps; });
  table.add(
      {.key = "calcium_every",
       .meaning = "number of steps of dt after which the astrocyte's own states (calcium model, x_A, somata) take one "
                  "step that "
                  "is as long as all of these; 1 for solvers that choose their steps",
       .range = within(1, 1000)},
      [](auto& c) -> auto& { return c.stepping.calcium_every; });
  add_tolerances(table);
  add_step_check(table);
}

/// That the run has steps, and not more than can be counted. Throws ConfigError.
inline void check_duration(double duration, double dt, const Origins& origins) {
  constexpr double most = 1e12;
  const double steps = duration / dt;
  if (!(steps >= 1 && steps < most))
    throw origins.error("population.duration", duration, "must be from one to 1e12 steps of solver.dt");
}

/// That the times at which values begin are in order, and as many. Throws ConfigError.
void check_pieces(const std::vector<double>& values, const std::vector<double>& times, std::string_view key,
                  std::string_view times_key, double dt, const Origins& origins);

/// That a slow clock fits to the solver, and that a frame every `interval` seconds shows calcium of that time. Throws
/// ConfigError.
void check_calcium_clock(const Stepping& stepping, double interval, const Origins& origins);

/// The table of `tripartite synapse`.
const ParameterTable<SynapseConfig>& synapse_parameters();

/// The table of `tripartite sweep`: that of synapse, and what is swept.
const ParameterTable<SweepConfig>& sweep_parameters();

}  // namespace tripartite::config
