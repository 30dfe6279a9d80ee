// One step, looked at closely: what the adaptive solver takes for its error, what all take for the rate, and networks
// of more neurons and patterns than a block of a device or a panel of the CPU has.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

#include "support/close.hpp"
#include "tests/memory/memory_cases.hpp"
#include "tripartite/error.hpp"

namespace tripartite::memory {
namespace {

constexpr int few = 11, many = 270;  // neurons; the latter fill several panels, blocks and warps

Case adaptive_case(int neurons) {
  Case network = general_case(neurons, neurons == few ? 5 : 20, 1, false, 31);
  Parameters& p = network.setup.parameters;
  p.solver = Solver::adaptive;
  p.memory_weight = std::pow(neurons, 1.5);  // makes the contribution of the kernel of order 1
  return network;
}

/// Slows all variables but one down, and makes it independent of itself.
void let_err(Field field, Parameters& p) {
  switch (field) {
    case Field::neuron:
      p.tau_neuron = 0.6;
      p.tau_synapse = p.tau_process = 1000;
      return;
    case Field::synapse:
      p.tau_neuron = 1000;
      p.tau_synapse = 0.1;
      p.synapse_to_process = 0.01;
      p.memory_weight *= 0.01;
      return;
    case Field::process:
      p.tau_neuron = 1000;
      p.tau_process = 0.1;
      p.process_to_synapse = 0.01;
      return;
  }
}

double error_of(Field field, const Oracle::AdaptiveStep& step) {
  switch (field) {
    case Field::neuron: return step.neuron;
    case Field::synapse: return step.synapse;
    case Field::process: return step.process;
  }
  return NAN;
}

void skip_without(Backend backend) {
  if (const auto reason = why_unavailable(backend); !reason.empty()) GTEST_SKIP() << reason;
}

class AdaptiveMemoryStep : public testing::TestWithParam<std::tuple<Backend, Field, int>> {
 protected:
  void SetUp() override { skip_without(std::get<Backend>(GetParam())); }
};

TEST_P(AdaptiveMemoryStep, EstimatesTheErrorOfEveryVariable) {
  const auto [backend, field, neurons] = GetParam();
  Case network = adaptive_case(neurons);
  Parameters& p = network.setup.parameters;
  let_err(field, p);
  const Oracle oracle = network.oracle();
  const Oracle::State& start = network.start[0];
  // A tolerance at which the step is accepted, and the next one is in proportion to its error.
  p.tolerance = error_of(field, oracle.adaptive(start, p.dt, 1)) / 0.5;
  const Oracle::AdaptiveStep want = oracle.adaptive(start, p.dt, p.tolerance);
  ASSERT_NEAR(error_of(field, want), 0.5, 1e-12);
  for (const Field other : {Field::neuron, Field::synapse, Field::process})
    if (other != field) {
      ASSERT_LT(error_of(other, want), 0.35) << info(other).name;  // or it would not be seen that one is left out
    }
  const auto engine = make_memory_engine<double>(backend, network.setup);
  network.begin(*engine);
  engine->advance(1, 1e300);
  EXPECT_EQ(engine->status(0).steps, 1);
  EXPECT_EQ(engine->status(0).rejected, 0);
  // The estimate is of second order: docs/memory.md.
  EXPECT_NEAR(engine->status(0).dt, p.dt * 0.9 / std::sqrt(0.5), 1e-9 * p.dt);
  EXPECT_NEAR(engine->status(0).rate, oracle.relative_rate(start), 1e-6 * oracle.relative_rate(start));
  EXPECT_LT(difference(state_of(*engine, 0, neurons), want.end), 1e-13 * neurons);

  // However small the error, the next step is five times as long at most.
  network.setup.parameters.tolerance *= 1e4;
  const auto bold = make_memory_engine<double>(backend, network.setup);
  network.begin(*bold);
  bold->advance(1, 1e300);
  EXPECT_DOUBLE_EQ(bold->status(0).dt, 5 * p.dt);
  network.setup.parameters.tolerance /= 1e4;

  // Twice the error is too much.
  network.setup.parameters.tolerance /= 4;
  const auto careful = make_memory_engine<double>(backend, network.setup);
  network.begin(*careful);
  careful->advance(1, 1e300);
  EXPECT_GT(careful->status(0).rejected, 0);
  EXPECT_NEAR(careful->status(0).time, p.dt * 0.9 / std::sqrt(2), 1e-9 * p.dt);
}

std::string name_of(const testing::TestParamInfo<AdaptiveMemoryStep::ParamType>& test) {
  const auto [backend, field, neurons] = test.param;
  return std::string(to_string(backend)) + "_" + std::string(info(field).name) + "_" + std::to_string(neurons);
}

INSTANTIATE_TEST_SUITE_P(Backends, AdaptiveMemoryStep,
                         testing::Combine(testing::Values(Backend::cpu, Backend::cuda),
                                          testing::Values(Field::neuron, Field::synapse, Field::process),
                                          testing::Values(few, many)),
                         name_of);

class MemoryBeyondOneBlock : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override { skip_without(GetParam()); }
};

TEST_P(MemoryBeyondOneBlock, FindsTheLargestRateWhereverItIs) {
  for (const auto& [field, element] :
       {std::pair(Field::neuron, many - 1), std::pair(Field::synapse, 13 * many + 200),
        std::pair(Field::process, (many - 2) * many + 260), std::pair(Field::synapse, 6)}) {
    Case network = general_case(many, 3, 1, false, 32);
    network.setup.parameters.settled_rate = 1e-300;
    Biases& b = network.setup.biases;
    auto& bias = field == Field::neuron ? b.neuron : field == Field::synapse ? b.synapse : b.process;
    bias[std::size_t(element)] = 400;
    const auto engine = make_memory_engine<double>(GetParam(), network.setup);
    network.begin(*engine);
    engine->advance(1, 1e300);
    const double want = network.oracle().relative_rate(network.start[0]);
    EXPECT_NEAR(engine->status(0).rate, want, 1e-6 * want) << info(field).name << " " << element;
  }
}

/// Energy, overlaps and states where neurons and patterns fill more than one block, and patterns more than neurons do.
void expect_oracle(Backend backend, int neurons, int patterns) {
  for (const Solver solver : {Solver::rk4, Solver::adaptive}) {
    Case network = general_case(neurons, patterns, 1, true, 33);
    Parameters& p = network.setup.parameters;
    p.solver = solver;
    p.tolerance = 1e3;  // accepts every step
    p.memory_weight = std::pow(neurons, 1.5);
    const Oracle oracle = network.oracle();
    const auto engine = make_memory_engine<double>(backend, network.setup);
    network.begin(*engine);
    Oracle::State want = network.start[0];
    double dt = p.dt;
    for (int step = 0; step < 2; ++step) {
      const double energy = oracle.energy(want);
      EXPECT_NEAR(engine->energy()[0], energy, 1e-12 * std::abs(energy)) << step;
      const auto overlaps = engine->overlaps();
      ASSERT_EQ(overlaps.size(), std::size_t(patterns));
      for (int mu = 0; mu < patterns; ++mu) {
        double overlap = 0;
        for (int i = 0; i < neurons; ++i)
          overlap += network.setup.patterns.sign(i, mu) * std::tanh(p.gain_neuron * want.x[std::size_t(i)]) / neurons;
        ASSERT_NEAR(overlaps[std::size_t(mu)], overlap, 1e-12) << mu;
      }
      engine->advance(1, 1e300);
      want = solver == Solver::rk4 ? oracle.rk4(want, dt) : oracle.adaptive(want, dt, 1).end;
      ASSERT_LT(difference(state_of(*engine, 0, neurons), want), 1e-12) << step;
      dt = engine->status(0).dt;
    }
  }
}

TEST_P(MemoryBeyondOneBlock, FollowsTheOracleWithMoreNeurons) { expect_oracle(GetParam(), many, 20); }
TEST_P(MemoryBeyondOneBlock, FollowsTheOracleWithMorePatternsThanNeurons) { expect_oracle(GetParam(), few, 600); }

TEST_P(MemoryBeyondOneBlock, NamesTheNeuronThatIsNotFinite) {
  Case network = general_case(many, 3, 1, false, 34);
  network.start[0].x[262] = std::numeric_limits<double>::infinity();
  network.start[0].x[263] = std::numeric_limits<double>::infinity();
  network.setup.parameters.solver = Solver::exponential_euler;
  const auto engine = make_memory_engine<double>(GetParam(), network.setup);
  network.begin(*engine);
  try {
    engine->advance(0, 1e300);
    FAIL() << "no error";
  } catch (const NumericsError& error) {
    EXPECT_NE(std::string(error.what()).find("neuron 262 "), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, MemoryBeyondOneBlock, testing::Values(Backend::cpu, Backend::cuda),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace tripartite::memory
