#pragma once

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

/// One turn of a network, checked by the mean of a state of one of its populations.
inline Turn network_turn(NetworkSetup setup, std::int64_t steps, const char* population, const char* state) {
  const auto network = make_network(std::move(setup));
  Turn turn;
  turn.seconds = seconds_of([&] {
    network->advance_steps(steps);
    network->take_events();
  });
  turn.check = network->mean(network->field(population, state));
  return turn;
}

}  // namespace tripartite::bench
