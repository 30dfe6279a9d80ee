// Tripartite synapses on Li-Rinzel calcium, held to the equations typed anew (docs/models.md, part C).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "support/close.hpp"
#include "support/scalar_methods.hpp"
#include "support/values.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

using integrate::Method;
using oracle::Values;

enum { u, x, Y, GS, GA, I, C, h, xA, G };

/// Release, receptors and gliotransmission of De Pittà et al. 2011 on the calcium of Li & Rinzel 1994.
struct Oracle {
  double U_0_star = 0.6, Omega_f = 3.33, Omega_d = 2, rho_c = 0.005, Y_T = 5e5, Omega_c = 40, O_G = 1.5,
         Omega_G = 0.5 / 60, alpha = 0, O_N = 0.3, Omega_N = 0.5, K_KC = 0.5, zeta = 10, O_beta = 0.5, F_ex = 0.09,
         I_Theta = 0.3, omega_I = 0.05, D_p = 0.5, C_Theta = 0.5, Omega_A = 0.6, U_A = 0.6, G_T = 2e5, rho_e = 6.5e-4,
         Omega_e = 60;
  double C_T = 2, I_0 = 0.16, K_1 = 0.13, K_2 = 0.9434, K_act = 0.08234, K_inh = 1.049, K = 0.1, k = 0.2, r_C = 6,
         r_L = 0.11, v = 0.9, rho = 0.185, tau_I = 7.142;
  bool exogenous = false, soma = false;
  double bias = 0, soma_ip3 = 0;
  Signal rate;
  double factor = 1;

  double resting(const Values& y) const { return (1 - y[GS]) * U_0_star + alpha * y[GS]; }

  oracle::Rates operator()(double t, const Values& y) const {
    const double nu =
        factor * (rate.mean + rate.amplitude * std::sin(2 * std::numbers::pi * rate.frequency * t + rate.phase));
    const double U0 = resting(y), used = y[u] + U0 * (1 - y[u]);
    const double c = std::min(std::max(y[C], 0.0), C_T);
    const double J = r_C * std::pow(y[I] / (y[I] + K_1) * c / (c + K_act) * y[h], 3) + r_L;
    const double calcium_loss = J * (1 + rho) + v * c / (c * c + K * K);
    const double Q = K_inh * (y[I] + K_1) / (y[I] + K_2);
    const double d = y[I] - bias;
    const double S = 0.5 * (std::tanh((d - I_Theta) / omega_I) + std::tanh((d + I_Theta) / omega_I));
    oracle::Rates f{Values(10), Values(10)};
    f.gain[u] = U0 * nu, f.loss[u] = Omega_f + U0 * nu;
    f.gain[x] = Omega_d, f.loss[x] = Omega_d + used * nu;
    f.gain[Y] = rho_c * Y_T * used * y[x] * nu, f.loss[Y] = Omega_c;
    f.gain[GS] = O_G * y[G], f.loss[GS] = O_G * y[G] + Omega_G;
    f.gain[GA] = O_N * y[Y], f.loss[GA] = O_N * y[Y] + Omega_N * (1 + zeta * y[C] / (y[C] + K_KC));
    f.gain[I] = I_0 / tau_I + O_beta * y[GA] - (exogenous ? F_ex * S : 0) + (soma ? D_p * soma_ip3 : 0);
    f.loss[I] = 1 / tau_I + (soma ? D_p : 0);
    f.gain[C] = J * C_T + calcium_loss * (y[C] - c), f.loss[C] = calcium_loss;
    f.gain[h] = k * Q, f.loss[h] = k * (Q + c);
    f.gain[xA] = Omega_A, f.loss[xA] = Omega_A;
    f.gain[G] = 0, f.loss[G] = Omega_e;
    return f;
  }

  void spike(Values& y) const {
    const double used = y[u] + resting(y) * (1 - y[u]), sent = used * y[x];
    y[u] = used;
    y[x] -= sent;
    y[Y] += rho_c * Y_T * sent;
  }

  void release(Values& y) const {
    y[G] += rho_e * G_T * U_A * y[xA];
    y[xA] -= U_A * y[xA];
  }
};

const Values initial = {0, 1, 0, 0, 0, 0.16, 0.073, 0.793, 1, 0};
const char* const names[] = {"u", "x", "Y", "Gamma_S", "Gamma_A", "I", "C", "h", "x_A", "G_A"};

constexpr double dt = 1e-3;
constexpr std::size_t synapses = 19;
constexpr std::int64_t steps = 5000;
const Signal drive = {6, 4, 1.5, 0.4};

struct Case {
  bool has_spikes, is_varied, has_neighbours;
};

double threshold_of(std::size_t i) { return 0.3 + 0.01 * double(i); }
double pump_of(std::size_t i) { return 0.8 + 0.01 * double(i); }
double factor_of(std::size_t i) { return 0.5 + 0.05 * double(i); }
double bias_of(std::size_t i) { return 0.1 * double(i); }
double soma_of(std::size_t i) { return 0.2 + 0.02 * double(i); }
/// Steps at whose ends there is a presynaptic spike.
std::vector<std::int64_t> spikes_of(std::size_t i) {
  std::vector<std::int64_t> all;
  for (std::int64_t step = 5 + std::int64_t(i); step < steps; step += 60 + 3 * std::int64_t(i)) {
    all.push_back(step);
    if (i % 5 == 0 && all.size() % 4 == 0) all.push_back(step + 1);
  }
  return all;
}

NetworkSetup setup_of(const Case& what, Method method) {
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, LiRinzel>(), synapses, "synapses");
  PopulationSetup& population = setup[0];
  std::vector<double> threshold, pump, factor, bias, soma;
  std::vector<SpikeTrains::Spike> spikes;
  for (std::size_t i = 0; i < synapses; ++i) {
    threshold.push_back(threshold_of(i));
    pump.push_back(pump_of(i));
    factor.push_back(factor_of(i));
    bias.push_back(bias_of(i));
    soma.push_back(soma_of(i));
    for (const std::int64_t step : spikes_of(i)) spikes.push_back({double(step) * dt, i});
  }
  if (what.has_spikes) {
    population.spikes = std::make_shared<SpikeTrains>(spikes, synapses, dt);
  } else {
    population.input("rate").common = drive;
    population.input("rate").factor = factor;
  }
  population.set("alpha", 0.3).set("C_Theta", 0.35);
  if (what.is_varied) population.vary("C_Theta", threshold).vary("v", pump);
  if (what.has_neighbours) {
    population.set("exogenous_ip3", "true").set("soma", "true");
    population.input("bias").base = bias;
    population.input("soma_ip3").base = soma;
  }
  setup.method = method;
  setup.dt = dt;
  setup.precision = Precision::float64;
  setup.backend = Backend::cpu;
  return setup;
}

/// By `finer` steps in one of dt.
oracle::Run expected_run(const Case& what, std::size_t i, oracle::Step step, int finer) {
  Oracle synapse;
  synapse.alpha = 0.3;
  synapse.C_Theta = 0.35;
  if (what.is_varied) synapse.C_Theta = threshold_of(i), synapse.v = pump_of(i);
  if (what.has_neighbours) {
    synapse.exogenous = synapse.soma = true;
    synapse.bias = bias_of(i);
    synapse.soma_ip3 = soma_of(i);
  }
  if (!what.has_spikes) synapse.rate = drive, synapse.factor = factor_of(i);
  const auto spikes = what.has_spikes ? spikes_of(i) : std::vector<std::int64_t>();
  return oracle::run(synapse, step, initial, dt / finer, steps * finer, 1,
                     [&](std::int64_t now, Values& y) {
                       for (const std::int64_t each : spikes)
                         if (each * finer == now) synapse.spike(y);
                     },
                     {C, synapse.C_Theta, [&](Values& y) { synapse.release(y); }});
}

std::vector<double> times_of(const std::vector<Event>& events, std::size_t i) {
  std::vector<double> times;
  for (const Event& event : events)
    if (event.index == i) times.push_back(event.time);
  return times;
}

Values state_of(const Network& network, std::size_t i) {
  Values y;
  for (const char* name : names) y.push_back(values_of(network, "synapses", name)[i]);
  return y;
}

const Case cases[] = {{false, false, false}, {false, true, true}, {true, true, false}, {true, false, true}};

struct FixedCase {
  Method method;
  oracle::Step step;
};

class SynapsesOnLiRinzel : public testing::TestWithParam<std::tuple<FixedCase, Case>> {};

TEST_P(SynapsesOnLiRinzel, FollowTheEquations) {
  const auto [method, what] = GetParam();
  const auto network = make_network(setup_of(what, method.method));
  network->advance_steps(steps);
  const auto events = network->take_events();
  std::size_t expected_events = 0;
  for (std::size_t i = 0; i < synapses; ++i) {
    const auto expected = expected_run(what, i, method.step, 1);
    EXPECT_TRUE(all_close(state_of(*network, i), expected.y, {.relative = 1e-9, .absolute = 1e-11})) << i;
    EXPECT_TRUE(all_close(times_of(events, i), expected.events, {.absolute = 1e-9})) << i;
    expected_events += expected.events.size();
  }
  EXPECT_GE(expected_events, synapses);
  EXPECT_EQ(events.size(), expected_events);
}

INSTANTIATE_TEST_SUITE_P(
    Methods, SynapsesOnLiRinzel,
    testing::Combine(testing::Values(FixedCase{Method::exponential_euler, oracle::exponential_euler},
                                     FixedCase{Method::exponential_midpoint, oracle::exponential_midpoint},
                                     FixedCase{Method::euler, oracle::euler}, FixedCase{Method::rk4, oracle::rk4}),
                     testing::ValuesIn(cases)));

/// The oracle takes longer than all synapses.
const std::size_t held[] = {0, 5, 10, 15, 16, 18};

class AdaptiveSynapsesOnLiRinzel : public testing::TestWithParam<std::tuple<Method, Case>> {};

TEST_P(AdaptiveSynapsesOnLiRinzel, FollowTheEquations) {
  const auto [method, what] = GetParam();
  NetworkSetup setup = setup_of(what, method);
  setup.relative_tolerance = 1e-8;
  setup.absolute_tolerance = 1e-10;
  const auto network = make_network(setup);
  network->advance_steps(steps);
  const auto events = network->take_events();
  std::size_t expected_events = 0;
  for (const std::size_t i : held) {
    // A release waits for the end of a sixteenth of a millisecond in the oracle.
    constexpr int finer = 16;
    const auto expected = expected_run(what, i, oracle::rk4, finer);
    const auto times = times_of(events, i);
    ASSERT_EQ(times.size(), expected.events.size()) << "synapse " << i;
    for (std::size_t k = 0; k < times.size(); ++k) {
      EXPECT_LE(times[k], expected.events[k] + 1e-6) << "synapse " << i;
      EXPECT_GE(times[k], expected.events[k] - dt / finer - 1e-6) << "synapse " << i;
    }
    // What decays fastest, gliotransmitter at 60 /s, differs by 0.4 %.
    EXPECT_TRUE(all_close(state_of(*network, i), expected.y, {.relative = 5e-3, .absolute = 1e-5})) << i;
    expected_events += times.size();
  }
  EXPECT_GE(expected_events, std::size(held));
}

TEST_P(AdaptiveSynapsesOnLiRinzel, FollowTheEquationsClosely) {
  const auto [method, what] = GetParam();
  NetworkSetup setup = setup_of(what, method);
  setup.populations[0].varied.clear();
  setup[0].set("C_Theta", 100);  // no release: nothing waits for the end of a step
  if (what.is_varied) {
    std::vector<double> pump;
    for (std::size_t i = 0; i < synapses; ++i) pump.push_back(pump_of(i));
    setup[0].vary("v", pump);
  }
  setup.relative_tolerance = 1e-8;
  setup.absolute_tolerance = 1e-10;
  const auto network = make_network(setup);
  network->advance_steps(steps);
  EXPECT_TRUE(network->take_events().empty());
  for (const std::size_t i : held) {
    Oracle synapse;
    synapse.alpha = 0.3;
    synapse.C_Theta = 100;
    if (what.is_varied) synapse.v = pump_of(i);
    if (what.has_neighbours)
      synapse.exogenous = synapse.soma = true, synapse.bias = bias_of(i), synapse.soma_ip3 = soma_of(i);
    if (!what.has_spikes) synapse.rate = drive, synapse.factor = factor_of(i);
    const auto spikes = what.has_spikes ? spikes_of(i) : std::vector<std::int64_t>();
    const auto expected = oracle::run(synapse, oracle::rk4, initial, dt, steps, 16,
                                      [&](std::int64_t now, Values& y) {
                                        for (const std::int64_t each : spikes)
                                          if (each == now) synapse.spike(y);
                                      },
                                      {C, synapse.C_Theta, {}});
    // A hundred times the tolerance: errors add up over the run.
    EXPECT_TRUE(all_close(state_of(*network, i), expected.y, {.relative = 1e-6, .absolute = 1e-7})) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, AdaptiveSynapsesOnLiRinzel,
                         testing::Combine(testing::Values(Method::dormand_prince, Method::rosenbrock),
                                          testing::ValuesIn(cases)));

}  // namespace
}  // namespace tripartite
