#include "host/simulation/network_activity.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "host/simulation/bursts.hpp"
#include "host/simulation/calcium_activity.hpp"
#include "host/simulation/drift.hpp"

namespace tripartite::simulation {
namespace {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

/// Drift of the means over equal stretches of time, long enough to be independent.
double drift_over_time(std::span<const double> values, double least) {
  constexpr std::size_t stretches = 20;
  std::vector<double> means;
  for (std::size_t k = 0; k < stretches; ++k) {
    const std::size_t first = k * values.size() / stretches, last = (k + 1) * values.size() / stretches;
    if (last > first) means.push_back(mean_of(values.subspan(first, last - first)));
  }
  return drift_of(means, least);
}

/// Frames [time][element] as one element after the other.
CalciumActivity calcium_of(const std::vector<std::vector<float>>& frames, const NetworkWindow& window, double least) {
  CalciumObservation observation(window.transient + window.interval, window.interval, least);
  std::vector<double> calcium(frames.size());
  for (std::size_t i = 0; !frames.empty() && i < frames.front().size(); ++i) {
    for (std::size_t k = 0; k < frames.size(); ++k) calcium[k] = frames[k][i];
    observation.add(calcium);
  }
  return observation.summary();
}

constexpr double least_rate = 0.1;  // [1/s] below which a change is not looked at relative to the rate itself

}  // namespace

std::span<const NetworkQuantity> network_quantities() {
  using A = NetworkActivity;
  static constexpr NetworkQuantity all[] = {
      {"rate_per_s", &A::rate, "1/s", "mean rate of neurons", "rate", false},
      {"rate_deviation_per_s", &A::rate_deviation, "1/s", "standard deviation over time of the mean rate", "SD of rate",
       false},
      {"bursts_per_s", &A::bursts, "1/s", "bursts of the network", "bursts", false},
      {"median_burst_interval_s", &A::burst_interval, "s", "median interval between bursts", "interval", false},
      {"release_rate_per_s", &A::release, "1/s", "releases of gliotransmitter per synapse", "releases", false},
      {"release_probability", &A::probability, "", "r, fraction that a spike would release", "r", false},
      {"calcium_uM", &A::calcium, "uM", "mean calcium of processes", "C", false},
      {"calcium_amplitude_uM", &A::amplitude, "uM", "amplitude of calcium of processes", "ampl. of C", false},
      {"oscillation_frequency_per_s", &A::frequency, "1/s", "oscillation frequency of calcium of processes",
       "freq. of C", true},
      {"fraction_oscillating", &A::oscillating, "", "fraction of processes that oscillate", "osc. processes", false},
      {"soma_calcium_uM", &A::soma_calcium, "uM", "mean calcium of somata", "C_s", false},
      {"soma_calcium_amplitude_uM", &A::soma_amplitude, "uM", "amplitude of calcium of somata", "ampl. of C_s", false},
      {"soma_oscillation_frequency_per_s", &A::soma_frequency, "1/s", "oscillation frequency of calcium of somata",
       "freq. of C_s", true},
      {"soma_fraction_oscillating", &A::soma_oscillating, "", "fraction of somata that oscillate", "osc. somata",
       false},
      {"drift", &A::drift, "", "drift: change from first to second half, relative", "drift", false}};
  return all;
}

NetworkActivity activity_of(const NetworkResult& result, const config::NetworkConfig& config,
                            const NetworkWindow& window, double least) {
  NetworkActivity activity;
  const auto tail = [&](const std::vector<double>& series) { return std::span(series).last(window.samples); };
  const double observed = double(window.samples) * window.interval;
  double means_drift = 0, cycles = 0;
  const auto look = [&](std::span<const double> values, double least_scale) {
    means_drift = std::max(means_drift, drift_over_time(values, least_scale));
    return mean_of(values);
  };
  if (config.neurons > 0) {
    const auto rate = tail(result.rate);
    activity.rate = look(rate, least_rate);
    double squares = 0;
    for (const double value : rate) squares += (value - activity.rate) * (value - activity.rate);
    activity.rate_deviation = std::sqrt(squares / double(window.samples));
    const Bursts bursts = bursts_in(rate, window.interval, least_burst(config));
    activity.bursts = double(bursts.count) / observed;
    if (bursts.count > 1) activity.burst_interval = bursts.median_interval;
  }
  if (result.tripartite > 0) {
    activity.probability = look(result.observed.probability, least_probability);
    activity.calcium = look(tail(result.calcium), least);
    const auto released = std::span(result.released).last(window.samples + 1);
    std::vector<double> releases(window.samples);
    for (std::size_t k = 0; k < window.samples; ++k)
      releases[k] = (released[k + 1] - released[k]) / double(result.tripartite) / window.interval;
    activity.release = look(releases, 0);
    const CalciumActivity calcium = calcium_of(result.observed.calcium, window, least);
    activity.amplitude = calcium.amplitude;
    activity.frequency = calcium.frequency;
    activity.oscillating = calcium.oscillating;
    activity.unresolved = calcium.unresolved;
    activity.drift = calcium.drift;
    cycles = calcium.cycles;
  }
  if (!result.observed.soma_calcium.empty()) {
    activity.soma_calcium = look(tail(result.soma_calcium), least);
    const CalciumActivity calcium = calcium_of(result.observed.soma_calcium, window, least);
    activity.soma_amplitude = calcium.amplitude;
    activity.soma_frequency = calcium.frequency;
    activity.soma_oscillating = calcium.oscillating;
    activity.unresolved = std::max(activity.unresolved, calcium.unresolved);
    activity.drift = std::max(activity.drift, calcium.drift);
    if (calcium.cycles > 0) cycles = cycles > 0 ? std::min(cycles, calcium.cycles) : calcium.cycles;
  }
  activity.drift = std::max(activity.drift, beyond_a_cycle(means_drift, cycles));
  return activity;
}

}  // namespace tripartite::simulation
