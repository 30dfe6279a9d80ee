// A calcium model of somebody else's, compiled by tripartite_add_model: alone, and as the calcium of a synapse.
#include "model/own_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "support/close.hpp"
#include "support/instruction_set_limit.hpp"
#include "support/scalar_methods.hpp"
#include "support/values.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

using integrate::Method;
using oracle::Values;

constexpr double dt = 1e-3;
constexpr std::size_t cells = 18;
constexpr std::int64_t steps = 4000;

double pump_of(std::size_t i) { return 2.2 + 0.05 * double(i); }
double release_of(std::size_t i) { return 3 + 0.1 * double(i); }

/// Gains and losses of S, I, h, C.
oracle::Rates cell_rates(double S, double I, double h, double C, double produced, double pump, double release) {
  const double b = I / (I + 0.3);
  const double J = release * b * b * h + 0.05;
  const double uptake = pump / (C + 0.2);
  return {{uptake * C / 0.2, 0.02 + produced, 0.15, J * 0.2 * S}, {J, 0.1, 0.15 * (1 + C / 0.4), uptake}};
}

struct FixedCase {
  Method method;
  oracle::Step step;
};
const FixedCase fixed_cases[] = {{Method::exponential_euler, oracle::exponential_euler},
                                 {Method::exponential_midpoint, oracle::exponential_midpoint},
                                 {Method::euler, oracle::euler},
                                 {Method::rk4, oracle::rk4}};

NetworkSetup setup_of(const Model& model, Method method) {
  NetworkSetup setup;
  setup.add(model, cells, "cells");
  std::vector<double> pump, release;
  for (std::size_t i = 0; i < cells; ++i) {
    pump.push_back(pump_of(i));
    release.push_back(release_of(i));
  }
  setup[0].vary("pump", pump).vary("release", release);
  setup.method = method;
  setup.dt = dt;
  setup.relative_tolerance = 1e-9;
  setup.absolute_tolerance = 1e-11;
  setup.precision = Precision::float64;
  setup.backend = Backend::cpu;
  return setup;
}

Values state_of(const Network& network, std::size_t i) {
  Values y;
  for (const Field& field : network.fields()) y.push_back(values_of(network, field.population, field.name)[i]);
  return y;
}

TEST(OwnModel, DescribesItself) {
  const ModelDescription& alone = describe(model<Astrocyte, OwnCalcium>());
  EXPECT_EQ(alone.name, "astrocyte.own_calcium");
  ASSERT_EQ(alone.states.size(), 4U);
  EXPECT_STREQ(alone.states[0].name, "S");
  EXPECT_EQ(alone.watched, state_place(alone, "C"));
  EXPECT_EQ(alone.exchanged, state_place(alone, "I"));
  EXPECT_FALSE(alone.has_jacobian);
  EXPECT_TRUE(alone.takes_spikes);
  EXPECT_STREQ(alone.parameters[std::size_t(parameter_place(alone, "half_pump"))].symbol, "K_V");
  const ModelDescription& synapse = describe(model<TripartiteSynapse, OwnCalcium>());
  EXPECT_EQ(synapse.name, "tripartite_synapse.own_calcium");
  EXPECT_EQ(synapse.states.size(), 11U);
  EXPECT_EQ(synapse.watched, state_place(synapse, "C"));
  EXPECT_FALSE(synapse.has_jacobian);
  EXPECT_TRUE(synapse.has_two_clocks);
}

// ---- alone

oracle::Run astrocyte_run(std::size_t i, oracle::Step step, int parts) {
  return oracle::run(
      [&](double, const Values& y) { return cell_rates(y[0], y[1], y[2], y[3], 0, pump_of(i), release_of(i)); }, step,
      {8, 0.4, 0.8, 0.1}, dt, steps, parts, {}, {3, 0.19669, {}});
}

NetworkSetup astrocytes_setup(Method method) {
  NetworkSetup setup = setup_of(model<Astrocyte, OwnCalcium>(), method);
  setup[0].start("I", 0.4);
  return setup;
}

TEST(OwnModel, AloneFollowsItsEquations) {
  for (const FixedCase& fixed : fixed_cases) {
    const auto network = make_network(astrocytes_setup(fixed.method));
    network->advance_steps(steps);
    const auto events = network->take_events();
    std::size_t expected_events = 0;
    for (std::size_t i = 0; i < cells; ++i) {
      const auto expected = astrocyte_run(i, fixed.step, 1);
      EXPECT_TRUE(all_close(state_of(*network, i), expected.y, {.relative = 1e-10, .absolute = 1e-12}))
          << to_string(fixed.method) << ", cell " << i;
      expected_events += expected.events.size();
    }
    EXPECT_EQ(events.size(), expected_events) << to_string(fixed.method);
    EXPECT_GT(expected_events, 0U);
  }
}

TEST(OwnModel, AloneFollowsItsEquationsByChosenSteps) {
  const auto network = make_network(astrocytes_setup(Method::dormand_prince));
  network->advance_steps(steps);
  for (std::size_t i = 0; i < cells; ++i)
    EXPECT_TRUE(
        all_close(state_of(*network, i), astrocyte_run(i, oracle::rk4, 4).y, {.relative = 1e-7, .absolute = 1e-9}))
        << i;
}

TEST(OwnModel, LosesNoCalcium) {
  for (const Method method : {Method::euler, Method::rk4, Method::dormand_prince}) {  // which keep linear invariants
    const auto network = make_network(astrocytes_setup(method));
    network->advance_steps(steps);
    const auto store = values_of(*network, "cells", "S"), calcium = values_of(*network, "cells", "C");
    for (std::size_t i = 0; i < cells; ++i)
      EXPECT_NEAR(calcium[i] + 0.2 * store[i], 0.1 + 0.2 * 8, 1e-11) << to_string(method) << ", cell " << i;
    EXPECT_NE(calcium[0], 0.1);
  }
}

TEST(OwnModel, IsTheSameOnAllInstructionSetsToRounding) {
  const InstructionSet best = best_instruction_set();
  const auto run = [](InstructionSet limit) {
    const InstructionSetLimit limited(limit);
    const auto network = make_network(astrocytes_setup(Method::exponential_euler));
    network->advance_steps(steps);
    return all_states(*network);
  };
  const auto baseline = run(InstructionSet::baseline);
  for (const InstructionSet set : {InstructionSet::avx2, InstructionSet::avx512})
    if (set <= best) {
      EXPECT_TRUE(all_close(run(set), baseline, {.relative = 1e-11})) << to_string(set);
    }
}

TEST(OwnModel, WithoutAJacobianRefusesRosenbrock) {
  for (const Model* each : {&model<Astrocyte, OwnCalcium>(), &model<TripartiteSynapse, OwnCalcium>()}) {
    try {
      make_network(setup_of(*each, Method::rosenbrock));
      FAIL() << "expected a ConfigError";
    } catch (const ConfigError& error) {
      EXPECT_NE(std::string(error.what()).find("needs the Jacobian"), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("own_calcium"), std::string::npos) << error.what();
    }
  }
}

// ---- as the calcium of a synapse: u, x, Y, Γ_S, Γ_A, S, I, h, C, x_A, G_A

const Values initial = {0, 1, 0, 0, 0, 8, 0.1, 0.8, 0.1, 1, 0};
const Signal drive = {4, 2, 1, 0.2};

oracle::Run synapse_run(std::size_t i, oracle::Step step, int parts, double threshold) {
  const auto rates = [&](double t, const Values& y) {
    const double nu = drive.mean + drive.amplitude * std::sin(6.283185307179586 * drive.frequency * t + drive.phase);
    const double U0 = (1 - y[3]) * 0.6, used = y[0] + U0 * (1 - y[0]);
    const auto cell = cell_rates(y[5], y[6], y[7], y[8], 0.5 * y[4], pump_of(i), release_of(i));
    const double unbinding = 0.5 * (1 + 10 * y[8] / (y[8] + 0.5));
    return oracle::Rates{{U0 * nu, 2, 0.005 * 5e5 * used * y[1] * nu, 1.5 * y[10], 0.3 * y[2], cell.gain[0],
                          cell.gain[1], cell.gain[2], cell.gain[3], 0.6, 0},
                         {3.33 + U0 * nu, 2 + used * nu, 40, 1.5 * y[10] + 0.5 / 60, 0.3 * y[2] + unbinding,
                          cell.loss[0], cell.loss[1], cell.loss[2], cell.loss[3], 0.6, 60}};
  };
  return oracle::run(rates, step, initial, dt, steps, parts, {}, {8, threshold, [](Values& y) {
                                                                    y[10] += 6.5e-4 * 2e5 * 0.6 * y[9];
                                                                    y[9] -= 0.6 * y[9];
                                                                  }});
}

NetworkSetup synapses_setup(Method method, double threshold) {
  NetworkSetup setup = setup_of(model<TripartiteSynapse, OwnCalcium>(), method);
  setup[0].set("C_Theta", threshold);
  setup[0].input("rate").common = drive;
  return setup;
}

TEST(OwnModel, IsTheCalciumOfASynapse) {
  for (const FixedCase& fixed : fixed_cases) {
    const auto network = make_network(synapses_setup(fixed.method, 0.2));
    network->advance_steps(steps);
    const auto events = network->take_events();
    std::size_t expected_events = 0;
    for (std::size_t i = 0; i < cells; ++i) {
      const auto expected = synapse_run(i, fixed.step, 1, 0.2);
      EXPECT_TRUE(all_close(state_of(*network, i), expected.y, {.relative = 1e-9, .absolute = 1e-11}))
          << to_string(fixed.method) << ", synapse " << i;
      expected_events += expected.events.size();
    }
    EXPECT_EQ(events.size(), expected_events) << to_string(fixed.method);
    EXPECT_GT(expected_events, 0U);
  }
}

TEST(OwnModel, IsTheCalciumOfASynapseByChosenSteps) {
  const auto network = make_network(synapses_setup(Method::dormand_prince, 100));
  network->advance_steps(steps);
  for (std::size_t i = 0; i < cells; ++i)
    EXPECT_TRUE(
        all_close(state_of(*network, i), synapse_run(i, oracle::rk4, 16, 100).y, {.relative = 1e-6, .absolute = 1e-8}))
        << i;
}

TEST(OwnModel, OfASynapseTakesTwoClocks) {
  NetworkSetup setup = synapses_setup(Method::rk4, 100);
  const auto error = [&](int slow_every) {
    setup.slow_every = slow_every;
    const auto network = make_network(setup);
    network->advance_steps(steps);
    double worst = 0;
    for (std::size_t i = 0; i < cells; ++i)
      worst = std::max(worst, relative_l2(state_of(*network, i), synapse_run(i, oracle::rk4, 1, 100).y));
    return worst;
  };
  const double coarse = error(20), fine = error(5);
  EXPECT_GT(fine, 1e-9);  // there are two clocks
  EXPECT_LT(coarse, 2e-2);
  // First order in the slow step.
  EXPECT_NEAR(std::log(coarse / fine) / std::log(4), 1, 0.35) << coarse << ", " << fine;
}

}  // namespace
}  // namespace tripartite
