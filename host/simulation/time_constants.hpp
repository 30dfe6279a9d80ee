#pragma once

#include <optional>
#include <string>

#include "host/simulation/run_listener.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::simulation {

/// A time constant of a model, as one of its parameters says it.
struct TimeConstant {
  std::string parameter;  // "Omega_G"
  bool is_rate = false;   // the parameter is a rate [1/s], the time constant its inverse
  double seconds = 0;
};

/// "1/Omega_G = 120 s", "tau = 20 ms"
std::string to_string(const TimeConstant& constant);

/// Two ends of the time scales that the parameters in 1/s and in s span, over all elements where they vary. Rates of 0
/// have no time constant and do not count.
struct TimeConstants {
  std::optional<TimeConstant> fastest, slowest;
};
TimeConstants time_constants(const PopulationSetup& population);
TimeConstants time_constants(const NetworkSetup& setup);

/// Tells the listener where steps of a fixed method are longer than the fastest time constant.
void warn_of_long_steps(const NetworkSetup& setup, RunListener& listener);

/// "0.5 ms", "120 s"
std::string seconds_as_words(double seconds);

}  // namespace tripartite::simulation
