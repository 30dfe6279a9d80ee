#pragma once

#include <limits>
#include <span>

#include "host/simulation/network.hpp"

namespace tripartite::simulation {

/// What a network did while it was observed; NaN where it has no such part.
struct NetworkActivity {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  double rate = none;                           // over neurons and time [1/s]
  double rate_deviation = none;                 // of the mean over neurons, over time [1/s]
  double bursts = none;                         // [1/s]
  double burst_interval = none;                 // median [s]; NaN with fewer than two bursts
  double release = none;                        // of gliotransmitter per tripartite synapse [1/s]
  double probability = none;                    // r over tripartite synapses and time
  double calcium = none;                        // over processes and time [uM]
  double amplitude = none;                      // of calcium of the processes that are looked at [uM]
  double frequency = none, oscillating = none;  // of these: [1/s], fraction of them
  double soma_calcium = none;                   // over somata and time [uM]
  double soma_amplitude = none;                 // of the somata that are looked at [uM]
  double soma_frequency = none, soma_oscillating = none;
  double drift = 0;       // largest relative change of a mean from the first to the second half; 0: within scatter
  double unresolved = 0;  // fraction of processes or somata that move, but with fewer than two complete cycles
};

/// One of these, as sweep.csv and the report name it.
struct NetworkQuantity {
  const char* key;  // with its unit: "rate_per_s"
  double NetworkActivity::*member;
  const char* unit;         // "1/s", "" if there is none
  const char* words;        // "mean rate of neurons"
  const char* short_words;  // beside a curve: "rate"
  bool none_is_zero;        // 0 stands for what is not there: no frequency where nothing oscillates
};
std::span<const NetworkQuantity> network_quantities();

/// What is looked at: `samples` frames behind `transient` [s], `interval` [s] apart.
struct NetworkWindow {
  double transient = 0, interval = 0;
  std::size_t samples = 0;
};

/// Of a whole run that was observed from the end of the transient on. `least`: movement of calcium that counts as an
/// oscillation [uM].
NetworkActivity activity_of(const NetworkResult& result, const config::NetworkConfig& config,
                            const NetworkWindow& window, double least);

}  // namespace tripartite::simulation
