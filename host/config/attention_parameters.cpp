#include "host/config/attention_parameters.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "host/config/quantity.hpp"
#include "tripartite/attention/process_loops.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::config {
namespace {

using attention::Parameters;
using attention::Solver;

// A step count is an int, and a run of that many steps per token would never end.
constexpr double most_steps = 1e8;

struct Duration {
  std::string_view key;
  double seconds;
};

void check_step(const Parameters& network, const Origins& origins) {
  const std::array durations{
      Duration{"schedule.settle_time", network.settle_time}, Duration{"schedule.write_time", network.write_time},
      Duration{"schedule.delay_time", network.delay_time}, Duration{"schedule.read_time", network.read_time}};
  for (const auto& [key, seconds] : durations) {
    const double steps = seconds / network.dt;
    if (!(steps <= most_steps))
      throw origins.error(key, seconds,
                          fmt::format("must be at most {} steps of solver.dt = {} s", most_steps, network.dt));
    // The engine's own tolerance: one part in a million of a step.
    if (std::abs(steps - std::round(steps)) > 1e-6)
      throw origins.error("solver.dt", network.dt,
                          fmt::format("must divide {} = {} s into whole steps for solver {}", key, seconds,
                                      choice_name(network.solver)));
  }
}

std::pair<const char*, double> calcium_rate(const Parameters& network) {
  if (!network.has_calcium_model()) return {"astrocyte.tau_calcium", 1 / network.tau_calcium};
  const std::vector<double> parameters = attention::calcium_parameters_of(network);
  const double fastest = attention::calcium_model_of(network).processes().fastest_rate(parameters.data());
  return {"astrocyte.speed", network.calcium_speed * fastest};
}

void check_model(const Parameters& network, const Origins& origins) {
  bool is_known = !network.has_calcium_model();
  for (const CalciumModel& each : calcium_models()) is_known |= each.name == network.calcium_model;
  if (!is_known)
    throw origins.error("astrocyte.model", network.calcium_model,
                        fmt::format("must be one of {}, {}", attention::linear_calcium, names_of_calcium_models()));
  for (const CalciumModel& each : calcium_models()) {
    const std::string given = each.name == network.calcium_model ? "" : origins.differing_within(each.name);
    if (!given.empty())
      throw origins.error("astrocyte.model", network.calcium_model,
                          fmt::format("{} was given, but only astrocyte.model = {} uses it", given, each.name));
  }
}

void check_stability(const Parameters& network, const Origins& origins) {
  // Every state of the cascade decays at its own rate, so the fastest one alone bounds the step: |1 - z| <= 1 for
  // forward Euler, and the real stability interval [-2.785, 0] of the classical Runge-Kutta method.
  double limit = 0;
  if (network.solver == Solver::euler) limit = 2;
  if (network.solver == Solver::rk4) limit = 2.785;
  if (limit == 0) return;
  const std::array rates{std::pair{"neuron.tau_input", 1 / network.tau_input},
                         std::pair{"neuron.tau_hidden", 1 / network.tau_hidden},
                         std::pair{"neuron.tau_output", 1 / network.tau_output},
                         calcium_rate(network),
                         std::pair{"synapse.decay_hebbian", network.decay_hebbian},
                         std::pair{"astrocyte.decay_store", network.decay_store}};
  const auto fastest =
      std::max_element(rates.begin(), rates.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (!(network.dt * fastest->second <= limit))
    throw origins.error("solver.dt", network.dt,
                        fmt::format("must be at most {:.4g} s for a stable solver {} with this {}",
                                    limit / fastest->second, choice_name(network.solver), fastest->first));
}

}  // namespace

void check_endurance(const Execution& execution, const Origins& origins) {
  if (!execution.max_time.empty() && !read_duration(execution.max_time))
    throw origins.error("run.max_time", execution.max_time, "expected a time such as 90 (seconds), 55m or 1h30m");
  if (!execution.max_memory.empty() && !read_size(execution.max_memory))
    throw origins.error("run.max_memory", execution.max_memory, "expected a size such as 512M or 4G");
}

void check_network(const Parameters& network, const Origins& origins) {
  check_model(network, origins);
  if (network.solver == Solver::exact) return;
  check_step(network, origins);
  check_stability(network, origins);
}

}  // namespace tripartite::config
