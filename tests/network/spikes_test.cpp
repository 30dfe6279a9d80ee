// Spikes that arrive in networks with projections, against code typed anew, and what must not matter.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "support/close.hpp"
#include "support/values.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/neuron/spike_filter.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

using integrate::Method;

constexpr double dt = 1e-3;

struct Train {
  double weight;
  std::vector<double> times;  // [s]
};

/// Neuron i listens to train i with a weight of its own.
const std::vector<Train> trains{{0.5, {0.010, 0.015, 0.040, 0.041, 0.090}}, {0.2, {}}, {-0.3, {0.005, 0.050}}};
constexpr double tau_s = 0.02, external = 9;

NetworkSetup filtered_setup(Method method, double step = dt) {
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), trains.size(), "neurons");
  setup.add(model<SpikeFilter>(), trains.size(), "inputs");
  setup[0].start("nu", 1).input("drive").base.assign(trains.size(), external);
  setup[1].set("tau_s", tau_s);
  std::vector<SpikeTrains::Spike> spikes;
  std::vector<Index> target;
  std::vector<double> weight;
  for (std::size_t i = 0; i < trains.size(); ++i) {
    for (const double time : trains[i].times) spikes.push_back({time, i});
    target.push_back(Index(i));
    weight.push_back(trains[i].weight);
  }
  setup[1].spikes = std::make_shared<SpikeTrains>(spikes, trains.size(), step);
  setup.sum(1, "s", 0, "drive", target, weight);
  setup.method = method;
  setup.dt = step;
  setup.backend = Backend::cpu;
  setup.precision = Precision::float64;
  return setup;
}

/// s(t) of a train in closed form: the sum over its spikes of e^(-(t - t_k)/τ_s)/τ_s.
double filtered(const Train& train, double t) {
  double sum = 0;
  for (const double time : train.times)
    if (t >= time) sum += std::exp(-(t - time) / tau_s) / tau_s;
  return sum;
}

/// ν at `end` [s] of τ_ν ν' = -ν + F(external + w s(t)), by RK4 from spike to spike in steps of about 5 us.
double rate_of(const Train& train, double end) {
  const auto slope = [&](double t, double nu) {
    const double z = external + train.weight * filtered(train, t);
    return (-nu + 60 / (1 + std::exp(-(z - 10) / 1.5))) / 0.02;
  };
  double nu = 1, t = 0;
  std::vector<double> stops = train.times;
  stops.push_back(end);
  for (const double stop : stops) {
    if (!(stop > t)) continue;
    const int steps = std::max(1, int((std::min(stop, end) - t) / 5e-6));
    const double h = (std::min(stop, end) - t) / steps;
    for (int k = 0; k < steps; ++k) {
      const double begin = t + k * h, middle = begin + h / 2;
      // Within a stretch no spike falls on the last stage's time.
      const double last = std::nextafter(begin + h, 0.0) - 1e-12;
      const double a = slope(begin, nu), b = slope(middle, nu + h / 2 * a), c = slope(middle, nu + h / 2 * b);
      nu += h / 6 * (a + 2 * b + 2 * c + slope(last, nu + h * c));
    }
    t = std::min(stop, end);
  }
  return nu;
}

std::vector<double> expected_rates(double end) {
  std::vector<double> rates;
  for (const Train& train : trains) rates.push_back(rate_of(train, end));
  return rates;
}

std::vector<double> rates_after(NetworkSetup setup, int steps) {
  const auto network = make_network(std::move(setup));
  network->advance_steps(steps);
  return values_of(*network, "neurons", "nu");
}

TEST(FilteredSpikes, DecayBetweenSpikesAndHaveTheIntegralOfTheirWeight) {
  const auto network = make_network(filtered_setup(Method::exponential_euler));
  double integral = 0;
  for (int step = 1; step <= 400; ++step) {
    network->advance_steps(1);
    const auto s = values_of(*network, "inputs", "s");
    const double now = step * dt + 1e-9;  // a spike now has arrived
    for (std::size_t i = 0; i < trains.size(); ++i)
      EXPECT_NEAR(s[i], filtered(trains[i], now), 1e-6 * filtered(trains[i], now)) << step;
    integral += s[0] * tau_s * (1 - std::exp(-dt / tau_s));  // of the exponential until the next step
  }
  EXPECT_NEAR(integral, 5, 1e-5);  // spikes of train 0
}

TEST(FilteredSpikes, DriveNeuronsAsTheClosedFormSays) {
  for (const int steps : {12, 60, 130}) {
    const auto expected = expected_rates(steps * dt);
    // Errors of the methods at 1 ms: those of RK4 and Dormand-Prince are far below what a spike in the wrong step
    // costs.
    EXPECT_TRUE(all_close(rates_after(filtered_setup(Method::rk4), steps), expected, {.relative = 2e-6})) << steps;
    EXPECT_TRUE(all_close(rates_after(filtered_setup(Method::dormand_prince), steps), expected, {.relative = 2e-6}))
        << steps;
    EXPECT_TRUE(all_close(rates_after(filtered_setup(Method::exponential_euler), steps), expected, {.relative = 0.1}))
        << steps;
  }
}

TEST(FilteredSpikes, KeepTheOrderOfTheMethod) {
  const auto expected = expected_rates(0.06);
  const auto error = [&](Method method, int parts) {
    return relative_error(rates_after(filtered_setup(method, dt / parts), 60 * parts), expected);
  };
  EXPECT_NEAR(std::log2(error(Method::exponential_euler, 2) / error(Method::exponential_euler, 4)), 1, 0.1);
  EXPECT_NEAR(std::log2(error(Method::rk4, 1) / error(Method::rk4, 2)), 4, 0.3);
}

TEST(FilteredSpikes, AreTheSameHoweverTimeIsCutAndWhateverTheThreads) {
  for (const Method method : {Method::exponential_euler, Method::rk4, Method::dormand_prince}) {
    NetworkSetup setup = filtered_setup(method);
    setup[1].spikes = std::make_shared<PoissonSpikes>(Schedule({{0, {150, 0, 0, 0}}}), dt, 3, 0, std::vector<double>());
    const auto whole = make_network(setup);
    setup.threads = 1;
    const auto cut = make_network(setup);
    whole->advance_steps(300);
    for (const int steps : {1, 2, 97, 200}) cut->advance_steps(steps);
    EXPECT_EQ(values_of(*whole, "neurons", "nu"), values_of(*cut, "neurons", "nu"));
    EXPECT_EQ(values_of(*whole, "inputs", "s"), values_of(*cut, "inputs", "s"));
  }
}

TEST(FilteredSpikes, GoOnFromASavedState) {
  for (const Method method : {Method::euler, Method::rk4, Method::dormand_prince}) {
    const auto whole = make_network(filtered_setup(method));
    const auto half = make_network(filtered_setup(method));
    const auto other = make_network(filtered_setup(method));
    half->advance_steps(40);  // the end of step 39, at which a spike arrives
    std::stringstream saved;
    half->save(saved);
    other->load(saved);
    other->advance_steps(60);
    whole->advance_steps(100);
    EXPECT_EQ(values_of(*whole, "neurons", "nu"), values_of(*other, "neurons", "nu"));
  }
}

TEST(FilteredSpikes, CanBeReplacedDuringARun) {
  const auto network = make_network(filtered_setup(Method::rk4));
  network->advance_steps(50);
  const double before = values_of(*network, "inputs", "s")[0];
  network->set_spikes(1, nullptr);
  network->advance_steps(100);
  EXPECT_NEAR(values_of(*network, "inputs", "s")[0], before * std::exp(-100 * dt / tau_s), 1e-6 * before);
}

/// Synapses with spikes, whose network has projections that bring nothing, or none.
NetworkSetup synapses_setup(Method method, bool has_projections, int slow_every) {
  constexpr std::size_t count = 37;
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), count, "synapses");
  std::vector<double> threshold;
  for (std::size_t i = 0; i < count; ++i) threshold.push_back(0.15 + 0.002 * double(i));
  setup[0].start("I", 0.6).start("C", 0.1).vary("C_Theta", threshold);
  setup[0].spikes = std::make_shared<PoissonSpikes>(Schedule({{0, {40, 0, 0, 0}}}), dt, 8, 0, std::vector<double>());
  if (has_projections) {
    setup.add(model<RateNeuron>(), 1, "silent");
    setup[1].set("theta", 1e9).start("nu", 0);
    setup.gather(1, "nu", 0, "rate", std::vector<Index>(count, 0));
  }
  setup.method = method;
  setup.slow_every = slow_every;
  setup.backend = Backend::cpu;
  setup.precision = Precision::float64;
  return setup;
}

TEST(SpikesAtSynapses, ActInNetworksAsInPopulations) {
  for (const Method method : {Method::exponential_euler, Method::rk4, Method::dormand_prince})
    for (const int slow_every : {1, 5}) {
      if (is_adaptive(method) && slow_every > 1) continue;
      const auto alone = make_network(synapses_setup(method, false, slow_every));
      const auto joined = make_network(synapses_setup(method, true, slow_every));
      alone->advance_steps(500);
      joined->advance_steps(500);
      // Adaptive steps differ: one for all, or one for each.
      const double tolerance = is_adaptive(method) ? 1e-5 : 1e-12;
      for (const char* state : {"u", "x", "Y", "Gamma_S", "Gamma_A", "I", "C", "h", "x_A", "G_A"})
        EXPECT_TRUE(all_close(values_of(*joined, "synapses", state), values_of(*alone, "synapses", state),
                              {.relative = tolerance, .absolute = tolerance}))
            << to_string(method) << " " << slow_every << " " << state;
      const auto expected = alone->take_events(), got = joined->take_events();
      ASSERT_EQ(got.size(), expected.size());
      EXPECT_GT(got.size(), 10U);
      for (std::size_t i = 0; i < got.size(); ++i) {
        EXPECT_EQ(got[i].index, expected[i].index);
        EXPECT_NEAR(got[i].time, expected[i].time, is_adaptive(method) ? 1e-6 : 0);
      }
    }
}

TEST(SpikesAtSynapses, ActWithEveryInstructionSet) {
  std::vector<std::vector<double>> all;
  for (const char* set : {"baseline", "avx2", "avx512"}) {
    setenv("TRIPARTITE_INSTRUCTION_SET", set, 1);
    try {
      const auto network = make_network(synapses_setup(Method::rk4, true, 1));
      network->advance_steps(300);
      all.push_back(values_of(*network, "synapses", "Y"));
    } catch (const std::exception&) {  // this machine does not have it
    }
    unsetenv("TRIPARTITE_INSTRUCTION_SET");
  }
  ASSERT_FALSE(all.empty());
  EXPECT_GT(*std::max_element(all[0].begin(), all[0].end()), 100);
  for (const auto& each : all) EXPECT_TRUE(all_close(each, all[0], {.relative = 1e-10}));
}

}  // namespace
}  // namespace tripartite
