#pragma once

#include <cstdint>
#include <initializer_list>
#include <utility>

#include "host/bench/clock.hpp"
#include "host/bench/contest.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::bench {

/// How a contest runs a network.
inline void set_run(NetworkSetup& setup, integrate::Method method, double dt, Precision precision,
                    const Options& options) {
  setup.method = method;
  setup.dt = dt;
  setup.precision = precision;
  setup.backend = options.backend;
  setup.threads = threads_of(options);
}

/// A state of a population.
struct Observed {
  const char* population;
  const char* state;
};

/// One turn of a network, checked by the product of the means of some states: an error of any of them shows, whatever
/// their units.
inline Turn network_turn(NetworkSetup setup, std::int64_t steps, std::initializer_list<Observed> states) {
  const auto network = make_network(std::move(setup));
  Turn turn;
  turn.seconds = seconds_of([&] {
    network->advance_steps(steps);
    network->take_events();
  });
  turn.check = 1;
  for (const Observed& each : states) turn.check *= network->mean(network->field(each.population, each.state));
  return turn;
}

}  // namespace tripartite::bench
