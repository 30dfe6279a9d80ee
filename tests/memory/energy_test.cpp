#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/memory/memory_cases.hpp"
#include "tripartite/error.hpp"

namespace tripartite::memory {
namespace {

class MemoryEnergy : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(GetParam()); !reason.empty()) GTEST_SKIP() << reason;
  }
};

template <class Real>
void expect_energy_of_oracle(Backend backend, double tolerance) {
  const Case network = general_case(11, 5, 2, true, 21);
  const auto engine = make_memory_engine<Real>(backend, network.setup);
  network.begin(*engine);
  const auto energy = engine->energy();
  for (std::size_t cue = 0; cue < 2; ++cue) {
    const double want = network.oracle().energy(network.start[cue]);
    EXPECT_NEAR(energy[cue], want, tolerance * std::abs(want));
  }
}

// About 250 terms of up to a tenth of the sum, each with a few roundings.
TEST_P(MemoryEnergy, MatchesTheOracleInFloat64) { expect_energy_of_oracle<double>(GetParam(), 1e-14); }
TEST_P(MemoryEnergy, MatchesTheOracleInFloat32) { expect_energy_of_oracle<float>(GetParam(), 1e-5); }

TEST_P(MemoryEnergy, FallsAtTheDerivedRate) {
  Case network = general_case(9, 4, 1, true, 22);
  network.setup.parameters.dt = 1e-4;
  const Parameters& p = network.setup.parameters;
  const Oracle oracle = network.oracle();
  const Oracle::State& y = network.start[0];
  const Oracle::State rate = oracle.rate(y);
  const auto slope = [](double z, double gain) { return gain / std::pow(std::cosh(gain * z), 2); };
  double want = 0;
  for (std::size_t i = 0; i < y.x.size(); ++i)
    want -= p.hebbian_weight * p.tau_neuron * slope(y.x[i], p.gain_neuron) * rate.x[i] * rate.x[i];
  for (std::size_t i = 0; i < y.s.size(); ++i)
    want -= 0.5 * p.tau_synapse * slope(y.s[i], p.gain_synapse) * rate.s[i] * rate.s[i] +
            0.5 * p.process_to_synapse / p.synapse_to_process * p.tau_process * slope(y.p[i], p.gain_process) *
                rate.p[i] * rate.p[i];
  const auto engine = make_memory_engine<double>(GetParam(), network.setup);
  network.begin(*engine);
  const double before = engine->energy()[0];
  engine->advance(1, 1e300);
  const double after = engine->energy()[0];
  EXPECT_NEAR((after - before) / p.dt / want, 1, 1e-3);  // a one-sided difference over 1e-4 time constants
}

TEST_P(MemoryEnergy, NeverRisesAlongTrajectories) {
  for (const unsigned seed : {23u, 24u, 25u}) {
    Case network = general_case(20, 6, 1, true, seed);
    network.setup.parameters.solver = Solver::rk4;
    network.setup.parameters.dt = 0.02;
    network.setup.parameters.gain_neuron = network.setup.parameters.gain_synapse = 5;
    const auto engine = make_memory_engine<double>(GetParam(), network.setup);
    network.begin(*engine);
    double before = engine->energy()[0], largest_rise = 0;
    const double first = before;
    const int frames = GetParam() == Backend::cpu ? 200 : 10;
    for (int frame = 0; frame < frames; ++frame) {
      engine->advance(2, 1e300);
      const double energy = engine->energy()[0];
      largest_rise = std::max(largest_rise, energy - before);
      before = energy;
    }
    EXPECT_LT(before, first);
    EXPECT_LT(largest_rise, 1e-12 * std::abs(first)) << seed;  // rounding of the sum
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, MemoryEnergy, testing::Values(Backend::cpu, Backend::cuda),
                         [](const auto& test) { return std::string(to_string(test.param)); });

TEST(EnergyCondition, IsReportedWhenViolated) {
  const auto refused = [](const Case& network) {
    const auto engine = make_memory_engine<double>(Backend::cpu, network.setup);
    network.begin(*engine);
    try {
      (void)engine->energy();
    } catch (const ConfigError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  Case network = general_case(6, 2, 1, true, 26);
  EXPECT_EQ(refused(network), "");
  Case opposed = network;
  opposed.setup.parameters.synapse_to_process = -1;
  EXPECT_NE(refused(opposed).find("one sign"), std::string::npos);
  Case biased = network;
  biased.setup.biases.process[1] += 1e-3;
  EXPECT_NE(refused(biased).find("biases"), std::string::npos);
  Case started = network;
  started.start[0].s[1] += 1e-3;
  EXPECT_NE(refused(started).find("synapses or processes"), std::string::npos);
}

}  // namespace
}  // namespace tripartite::memory
