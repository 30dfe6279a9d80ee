#pragma once

#include "host/config/choices.hpp"
#include "host/config/network_parameters.hpp"
#include "host/config/parameter_table.hpp"
#include "tripartite/config/synapse_config.hpp"

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
    "HIGH\", \"... each VALUE VALUE ...\", \"... list FILE.csv\" or \"... list FILE.h5 DATASET\"";

/// The parameters of tripartite synapses, for every command that has some: sections [synapse], [astrocyte], [initial].
/// `Config` has members `parameters`, `exogenous_ip3`, `flux` and `initial`.
template <class Config>
void add_synapse_parameters(ParameterTable<Config>& table) {
  const auto add = [&](int i) {
    const ParameterInfo& info = synapse::parameter_infos[i];
    table.add(
        {.key = info.name,
         .symbol = info.symbol,
         .unit = info.unit,
         .meaning = info.meaning,
         .range = info.is_positive ? above(0) : at_least(0)},
        [i](auto& c) -> auto& { return c.parameters.*synapse::parameter_members<double>[i]; });
  };
  table.section("synapse", "release of glutamate and its modulation by gliotransmitter");
  for (int i = 0; i < synapse::index_O_N; ++i) add(i);
  table.section("astrocyte", "receptors, IP3, calcium and gliotransmitter of a process");
  for (int i = synapse::index_O_N; i < synapse::parameter_count; ++i) add(i);
  table.add(
      {.key = "exogenous_ip3", .meaning = "whether there is a source of IP3 outside (F_ex, drive.biases)"},
      [](auto& c) -> auto& { return c.exogenous_ip3; });
  table.add(
      {.key = "flux", .meaning = "form of the threshold of IP3 exchange; published jumps at 0"},
      [](auto& c) -> auto& { return c.flux; });
  table.section("initial", "state of every synapse at t = 0");
  static constexpr const char* meanings[synapse::state_count] = {"utilisation of the resources",
                                                                 "releasable resources",
                                                                 "glutamate in the cleft",
                                                                 "bound presynaptic receptors",
                                                                 "bound receptors of the astrocyte",
                                                                 "IP3",
                                                                 "calcium",
                                                                 "IP3 receptors that calcium does not inactivate",
                                                                 "releasable gliotransmitter",
                                                                 "gliotransmitter outside the cell"};
  for (int i = 0; i < synapse::state_count; ++i) {
    const synapse::StateInfo& info = synapse::state_infos[i];
    table.add(
        {.key = info.name,
         .symbol = info.symbol,
         .unit = std::string(info.unit) == "1" ? "" : info.unit,
         .meaning = meanings[i],
         .range = info.highest > 0 ? within(0, info.highest) : at_least(0)},
        [i](auto& c) -> auto& { return c.initial[std::size_t(i)]; });
  }
}

/// What adaptive solvers hold errors to. `Config` has a member `stepping`.
template <class Config>
void add_tolerances(ParameterTable<Config>& table) {
  table.add(
      {.key = "relative_tolerance", .meaning = "of adaptive steps", .range = above(0)},
      [](auto& c) -> auto& { return c.stepping.relative_tolerance; });
  table.add(
      {.key = "absolute_tolerance", .meaning = "of adaptive steps, in the unit of each state", .range = above(0)},
      [](auto& c) -> auto& { return c.stepping.absolute_tolerance; });
}

/// Sections [solver] and [recording]. `Config` has members `stepping` and `recording`.
template <class Config>
void add_stepping_parameters(ParameterTable<Config>& table) {
  table.section("solver", "integration in time");
  table.add(
      {.key = "method",
       .meaning = "the first three take steps of dt and act on events at their ends; the last two choose their steps "
                  "and locate events: per synapse, or one step size for a whole network, which knows no rosenbrock",
       .option = "--solver"},
      [](auto& c) -> auto& { return c.stepping.method; });
  table.add(
      {.key = "dt", .unit = "s", .meaning = "step; spikes act at its end", .range = above(0), .option = "--dt"},
      [](auto& c) -> auto& { return c.stepping.dt; });
  table.add(
      {.key = "substeps", .meaning = "parts that a step is taken in", .range = within(1, 1000)},
      [](auto& c) -> auto& { return c.stepping.substeps; });
  table.add(
      {.key = "calcium_every",
       .meaning =
           "steps of release in the time of which the astrocyte's own states (I, C, h, x_A, somata) take one; not "
           "with solvers that choose their steps",
       .range = within(1, 1000)},
      [](auto& c) -> auto& { return c.stepping.calcium_every; });
  add_tolerances(table);
}

/// That the run has steps, and not more than can be counted. Throws ConfigError.
inline void check_duration(double duration, double dt, const Origins& origins) {
  constexpr double most = 1e12;
  const double steps = duration / dt;
  if (!(steps >= 1 && steps < most))
    throw origins.error("population.duration", duration, "must be from one to 1e12 steps of solver.dt");
}

/// That a slow clock fits to the solver, and that a frame every `interval` seconds shows calcium of that time. Throws
/// ConfigError.
void check_calcium_clock(const Stepping& stepping, double interval, const Origins& origins);

/// The table of `tripartite synapse`.
const ParameterTable<SynapseConfig>& synapse_parameters();

/// The table of `tripartite sweep`: that of synapse, and what is swept.
const ParameterTable<SweepConfig>& sweep_parameters();

}  // namespace tripartite::config
