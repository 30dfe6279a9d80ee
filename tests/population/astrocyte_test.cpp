// Li-Rinzel astrocytes as a population, held to the equations typed anew (docs/models.md, part C).
#include "tripartite/astrocyte/astrocyte.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "support/close.hpp"
#include "support/instruction_set_limit.hpp"
#include "support/scalar_methods.hpp"
#include "support/values.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/error.hpp"

namespace tripartite {
namespace {

using integrate::Method;
using oracle::Values;

/// The astrocyte of NEST and Nadkarni & Jung with an exogenous source of IP3.
struct Oracle {
  double C_T = 2, I_0 = 0.16, K_1 = 0.13, K_2 = 0.9434, K_act = 0.08234, K_inh = 1.049, K = 0.1, k = 0.2, r_C = 6,
         r_L = 0.11, v = 0.9, rho = 0.185, tau_I = 7.142;
  double Delta_I = 2e-4, C_Theta = 0.19669, F_ex = 0.09, I_Theta = 0.3, omega_I = 0.05;
  bool exogenous = false;
  double source_ip3 = 0;

  oracle::Rates operator()(double, const Values& y) const {
    const double I = y[0], C = y[1], h = y[2];
    const double c = std::min(std::max(C, 0.0), C_T);
    const double J = r_C * std::pow(I / (I + K_1) * c / (c + K_act) * h, 3) + r_L;
    const double calcium_loss = J * (1 + rho) + v * c / (c * c + K * K);
    const double Q = K_inh * (I + K_1) / (I + K_2);
    const double d = I - source_ip3;
    const double S = 0.5 * (std::tanh((d - I_Theta) / omega_I) + std::tanh((d + I_Theta) / omega_I));
    return {{I_0 / tau_I - (exogenous ? F_ex * S : 0), J * C_T + calcium_loss * (C - c), k * Q},
            {1 / tau_I, calcium_loss, k * (Q + c)}};
  }
};

struct Weighted {
  std::int64_t step;  // at whose end it acts
  double weight;
};
/// What astrocyte i receives: several weights, several in one step, none, a negative one.
std::vector<Weighted> spikes_of(std::size_t i) {
  switch (i % 4) {
    case 0: return {{10, 1000}, {200, 2500}, {200, 500}, {257, 1500}, {900, 3000}};
    case 1: return {{512, 4000}, {513, 100}};
    case 2: return {};
    default: return {{1, 2000}, {700, -300}, {1500, 2750}};
  }
}

constexpr double dt = 1e-3;
constexpr std::size_t cells = 21;
constexpr std::int64_t steps = 4000;

std::shared_ptr<const SpikeSource> spikes() {
  std::vector<SpikeTrains::Spike> all;
  for (std::size_t i = 0; i < cells; ++i)
    for (const Weighted& spike : spikes_of(i)) all.push_back({double(spike.step) * dt, i, spike.weight});
  return std::make_shared<SpikeTrains>(all, cells, dt);
}

double calcium_total_of(std::size_t i) { return 1.6 + 0.04 * double(i); }
double pump_of(std::size_t i) { return 0.7 + 0.02 * double(i); }
double threshold_of(std::size_t i) { return 0.15 + 0.01 * double(i); }

NetworkSetup astrocytes_setup(Method method, bool is_varied) {
  NetworkSetup setup;
  setup.add(model<Astrocyte, LiRinzel>(), cells, "astrocytes");
  if (is_varied) {
    std::vector<double> calcium_total, pump, threshold;
    for (std::size_t i = 0; i < cells; ++i) {
      calcium_total.push_back(calcium_total_of(i));
      pump.push_back(pump_of(i));
      threshold.push_back(threshold_of(i));
    }
    setup[0].vary("C_T", calcium_total).vary("v", pump).vary("C_Theta", threshold);
  }
  setup[0].spikes = spikes();
  setup.method = method;
  setup.dt = dt;
  setup.precision = Precision::float64;
  setup.backend = Backend::cpu;
  return setup;
}

oracle::Run expected_run(std::size_t i, oracle::Step step, int parts, bool is_varied) {
  Oracle cell;
  if (is_varied) {
    cell.C_T = calcium_total_of(i);
    cell.v = pump_of(i);
    cell.C_Theta = threshold_of(i);
  }
  const auto arrivals = spikes_of(i);
  return oracle::run(cell, step, {0.16, 0.073, 0.793}, dt, steps, parts,
                     [&](std::int64_t now, Values& y) {
                       for (const Weighted& spike : arrivals)
                         if (spike.step == now) y[0] += cell.Delta_I * spike.weight;
                     },
                     {1, cell.C_Theta, {}});
}

void expect_states(const Network& network, std::size_t i, const Values& expected, Tolerance tolerance) {
  const Values got = {values_of(network, "astrocytes", "I")[i], values_of(network, "astrocytes", "C")[i],
                      values_of(network, "astrocytes", "h")[i]};
  EXPECT_TRUE(all_close(got, expected, tolerance)) << "astrocyte " << i;
}

std::vector<double> times_of(const std::vector<Event>& events, std::size_t i) {
  std::vector<double> times;
  for (const Event& event : events)
    if (event.index == i) times.push_back(event.time);
  return times;
}

struct FixedCase {
  Method method;
  oracle::Step step;
};

class FixedAstrocytes : public testing::TestWithParam<std::tuple<FixedCase, bool, int>> {};

TEST_P(FixedAstrocytes, FollowTheEquationsUnderSpikesOfManyWeights) {
  const auto [method, is_varied, substeps] = GetParam();
  NetworkSetup setup = astrocytes_setup(method.method, is_varied);
  setup.substeps = substeps;
  const auto network = make_network(setup);
  network->advance_steps(1234);
  network->advance(double(steps - 1234) * dt);
  const auto events = network->take_events();
  std::size_t expected_events = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    const auto expected = expected_run(i, method.step, substeps, is_varied);
    expect_states(*network, i, expected.y, {.relative = 1e-10, .absolute = 1e-12});
    EXPECT_TRUE(all_close(times_of(events, i), expected.events, {.absolute = 1e-9})) << "astrocyte " << i;
    expected_events += expected.events.size();
  }
  EXPECT_GT(expected_events, 0U);
  EXPECT_EQ(events.size(), expected_events);
}

INSTANTIATE_TEST_SUITE_P(
    Methods, FixedAstrocytes,
    testing::Combine(testing::Values(FixedCase{Method::exponential_euler, oracle::exponential_euler},
                                     FixedCase{Method::exponential_midpoint, oracle::exponential_midpoint},
                                     FixedCase{Method::euler, oracle::euler}, FixedCase{Method::rk4, oracle::rk4}),
                     testing::Bool(), testing::Values(1, 3)));

class AdaptiveAstrocytes : public testing::TestWithParam<std::tuple<Method, bool>> {};

TEST_P(AdaptiveAstrocytes, FollowTheEquationsUnderSpikesOfManyWeights) {
  const auto [method, is_varied] = GetParam();
  NetworkSetup setup = astrocytes_setup(method, is_varied);
  setup.relative_tolerance = 1e-9;
  setup.absolute_tolerance = 1e-11;
  const auto network = make_network(setup);
  network->advance_steps(steps);
  const auto events = network->take_events();
  std::size_t expected_events = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    // RK4 at 0.25 ms: an error near 1e-13.
    const auto expected = expected_run(i, oracle::rk4, 4, is_varied);
    expect_states(*network, i, expected.y, {.relative = 1e-6, .absolute = 1e-8});
    // The oracle sees crossings at ends of steps, the method between them.
    const auto times = times_of(events, i);
    ASSERT_EQ(times.size(), expected.events.size()) << "astrocyte " << i;
    for (std::size_t k = 0; k < times.size(); ++k) {
      EXPECT_LE(times[k], expected.events[k] + 1e-6);
      EXPECT_GE(times[k], expected.events[k] - dt - 1e-6);
    }
    expected_events += times.size();
  }
  EXPECT_GT(expected_events, 0U);
}

INSTANTIATE_TEST_SUITE_P(Methods, AdaptiveAstrocytes,
                         testing::Combine(testing::Values(Method::dormand_prince, Method::rosenbrock),
                                          testing::Bool()));

TEST(Astrocytes, ExchangeIp3WithAnExogenousSource) {
  NetworkSetup setup = astrocytes_setup(Method::rk4, false);
  setup[0].spikes = nullptr;
  setup[0].set("exogenous_ip3", "true");
  setup[0].input("source_ip3").common.mean = 0.2;
  auto& base = setup[0].input("source_ip3").base;
  for (std::size_t i = 0; i < cells; ++i) base.push_back(0.1 * double(i));
  const auto network = make_network(setup);
  network->advance_steps(steps);
  for (std::size_t i = 0; i < cells; ++i) {
    Oracle cell;
    cell.exogenous = true;
    cell.source_ip3 = 0.2 + 0.1 * double(i);
    const auto expected = oracle::run(cell, oracle::rk4, {0.16, 0.073, 0.793}, dt, steps, 1, {}, {1, cell.C_Theta, {}});
    expect_states(*network, i, expected.y, {.relative = 1e-10, .absolute = 1e-12});
  }
}

TEST(Astrocytes, InFloat32StayWithinItsRounding) {
  NetworkSetup setup = astrocytes_setup(Method::rk4, true);
  setup.precision = Precision::float32;
  const auto network = make_network(setup);
  network->advance_steps(steps);
  for (std::size_t i = 0; i < cells; ++i)
    expect_states(*network, i, expected_run(i, oracle::rk4, 1, true).y, {.relative = 2e-4, .absolute = 1e-5});
}

class InstructionSets : public testing::TestWithParam<Method> {};

TEST_P(InstructionSets, GiveTheSameToRounding) {
  const InstructionSet best = best_instruction_set();
  const auto run = [](InstructionSet limit, Precision precision) {
    const InstructionSetLimit limited(limit);
    EXPECT_EQ(best_instruction_set(), limit);
    NetworkSetup setup = astrocytes_setup(GetParam(), true);
    setup.precision = precision;
    const auto network = make_network(setup);
    network->advance_steps(steps);
    return all_states(*network);
  };
  // Steps that are chosen may be others where a rounding differs: the error is that of the tolerance, 1e-6.
  const double factor = is_adaptive(GetParam()) ? 1e-5 : 1e-11, factor32 = is_adaptive(GetParam()) ? 1e-3 : 2e-4;
  const auto baseline = run(InstructionSet::baseline, Precision::float64);
  const auto baseline32 = run(InstructionSet::baseline, Precision::float32);
  for (const InstructionSet set : {InstructionSet::avx2, InstructionSet::avx512}) {
    if (set > best) continue;
    EXPECT_TRUE(all_close(run(set, Precision::float64), baseline, {.relative = factor, .absolute = factor * 1e-2}))
        << to_string(set);
    EXPECT_TRUE(
        all_close(run(set, Precision::float32), baseline32, {.relative = factor32, .absolute = factor32 * 1e-2}))
        << to_string(set);
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, InstructionSets, testing::ValuesIn(integrate::methods));

// Whether an element goes in a group of registers, in one alone, or in the last one of a tile.
TEST_P(InstructionSets, TakeEqualElementsToTheSameBits) {
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
    for (const Precision precision : {Precision::float32, Precision::float64}) {
      if (set > best_instruction_set()) continue;
      const InstructionSetLimit limited(set);
      NetworkSetup setup = astrocytes_setup(GetParam(), false);
      setup[0].spikes = nullptr;
      setup[0].size = 101;
      setup[0].start("I", 0.6);
      setup.precision = precision;
      const auto network = make_network(setup);
      network->advance_steps(steps);
      for (const char* state : {"I", "C", "h"}) {
        const auto values = values_of(*network, "astrocytes", state);
        EXPECT_EQ(std::count(values.begin(), values.end(), values.front()), 101) << state << to_string(set);
      }
    }
}

TEST(InstructionSet, IsRefusedByANameThatIsNone) {
  setenv("TRIPARTITE_INSTRUCTION_SET", "mmx", 1);
  EXPECT_THROW(make_network(astrocytes_setup(Method::rk4, false)), ConfigError);
  unsetenv("TRIPARTITE_INSTRUCTION_SET");
}

}  // namespace
}  // namespace tripartite
