#include "host/simulation/time_constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace tripartite::simulation {
namespace {

void include(TimeConstants& all, const TimeConstant& one) {
  if (!all.fastest || one.seconds < all.fastest->seconds) all.fastest = one;
  if (!all.slowest || one.seconds > all.slowest->seconds) all.slowest = one;
}

}  // namespace

std::string seconds_as_words(double seconds) {
  constexpr double milli = 1e-3;
  return seconds < 0.1 ? fmt::format("{:.3g} ms", seconds / milli) : fmt::format("{:.4g} s", seconds);
}

std::string to_string(const TimeConstant& constant) {
  return fmt::format("{}{} = {}", constant.is_rate ? "1/" : "", constant.parameter, seconds_as_words(constant.seconds));
}

TimeConstants time_constants(const PopulationSetup& population) {
  const ModelDescription& model = population.model->description;
  // Where the state is a firing rate, so are the parameters in its unit.
  const bool has_rate_states = std::any_of(model.states.begin(), model.states.end(), [](const StateInfo& state) {
    return state.unit == std::string_view("1/s");
  });
  TimeConstants all;
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const ParameterInfo& info = model.parameters[i];
    const bool is_rate = info.unit == std::string_view("1/s") && !has_rate_states;
    if (!is_rate && info.unit != std::string_view("s")) continue;
    const auto add = [&](double value) {
      if (value > 0) include(all, {info.name, is_rate, is_rate ? 1 / value : value});
    };
    const auto varied = std::find_if(population.varied.begin(), population.varied.end(),
                                     [&](const Varied& each) { return each.parameter == int(i); });
    if (varied == population.varied.end())
      add(population.parameters[i]);
    else
      for (const double value : varied->values) add(value);
  }
  return all;
}

TimeConstants time_constants(const NetworkSetup& setup) {
  TimeConstants all;
  for (const PopulationSetup& population : setup.populations) {
    if (population.size == 0) continue;
    const TimeConstants own = time_constants(population);
    if (own.fastest) include(all, *own.fastest);
    if (own.slowest) include(all, *own.slowest);
  }
  return all;
}

void warn_of_long_steps(const NetworkSetup& setup, RunListener& listener) {
  if (is_adaptive(setup.method)) return;
  const double step = setup.dt / setup.substeps;
  const auto fastest = time_constants(setup).fastest;
  if (!fastest || step <= fastest->seconds) return;
  listener.message(
      fmt::format("steps of {} are longer than the fastest time constant, {}: the result depends on the step; "
                  "--check-step measures by how much",
                  seconds_as_words(step), to_string(*fastest)));
}

}  // namespace tripartite::simulation
