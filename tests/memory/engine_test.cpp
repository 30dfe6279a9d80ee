#include "tripartite/memory/engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tuple>

#include "tests/memory/memory_cases.hpp"
#include "tripartite/error.hpp"

namespace tripartite::memory {
namespace {

template <class Real>
constexpr double rounding = std::numeric_limits<Real>::epsilon();

template <class Real>
std::unique_ptr<MemoryEngine<Real>> started(Backend backend, const Case& network, int threads = 0) {
  auto engine = make_memory_engine<Real>(backend, network.setup, threads);
  network.begin(*engine);
  return engine;
}

Oracle::State oracle_step(const Oracle& oracle, const Oracle::State& y, Solver solver, double dt) {
  if (solver == Solver::rk4) return oracle.rk4(y, dt);
  return solver == Solver::euler ? oracle.euler(y, dt) : oracle.exponential_euler(y, dt);
}

class MemoryEngineTest : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(GetParam()); !reason.empty()) GTEST_SKIP() << reason;
  }
};

template <class Real>
void expect_steps_of_oracle(Backend backend) {
  for (const Solver solver : {Solver::euler, Solver::exponential_euler, Solver::rk4}) {
    Case network = general_case(11, 5, 2, false);
    network.setup.parameters.solver = solver;
    const auto engine = started<Real>(backend, network);
    engine->advance(3, 1e300);
    for (int cue = 0; cue < 2; ++cue) {
      Oracle::State want = network.start[std::size_t(cue)];
      const Oracle oracle = network.oracle();
      for (int step = 0; step < 3; ++step) want = oracle_step(oracle, want, solver, network.setup.parameters.dt);
      // Three steps of four stages, each with about ten roundings; differences do not grow in this time.
      EXPECT_LT(difference(state_of(*engine, cue, 11), want), 20 * rounding<Real>) << int(solver);
      EXPECT_EQ(engine->status(cue).steps, 3);
      EXPECT_DOUBLE_EQ(engine->status(cue).time, 0.15);
    }
  }
}

TEST_P(MemoryEngineTest, MatchesTheStepsOfTheOracleInFloat64) { expect_steps_of_oracle<double>(GetParam()); }
TEST_P(MemoryEngineTest, MatchesTheStepsOfTheOracleInFloat32) { expect_steps_of_oracle<float>(GetParam()); }

TEST_P(MemoryEngineTest, AdaptiveStepsMeetTheTolerance) {
  Case network = general_case(9, 4, 2, false, 3);
  Oracle::State want = network.start[1];
  const Oracle oracle = network.oracle();
  for (int step = 0; step < 400; ++step) want = oracle.rk4(want, 1.0 / 400);
  network.setup.parameters.solver = Solver::adaptive;
  double before = 1;
  for (const double tolerance : {1e-2, 1e-4, 1e-6}) {
    network.setup.parameters.tolerance = tolerance;
    const auto engine = started<double>(GetParam(), network);
    engine->advance(100'000, 1.0);
    EXPECT_DOUBLE_EQ(engine->status(1).time, 1.0);
    const double error = difference(state_of(*engine, 1, 9), want);
    // Each step adds an error of at most the tolerance; fewer than a hundred tolerances in total.
    EXPECT_LT(error, 100 * tolerance);
    EXPECT_LT(error, before / 5);
    before = error;
  }
}

TEST_P(MemoryEngineTest, MatchesTheCouplingsAtEverySize) {
  struct Size {
    int neurons, patterns;
  };
  // One neuron, partial tiles, sizes around a tile of 128 neurons, words of 64 and tiles of 256 patterns, and no
  // pattern; on a device, sizes on both sides of the point where its squares of tiles grow.
  std::vector<Size> sizes{{1, 1}, {17, 0}, {33, 65}, {130, 70}};
  if (GetParam() == Backend::cpu)
    sizes.insert(sizes.end(), {{127, 64}, {128, 257}, {129, 300}, {300, 70}});
  else
    sizes.push_back({2049, 1});
  for (const auto& [n, k] : sizes) {
    Case network = general_case(n, k, 1, false, unsigned(n));
    network.setup.parameters.memory_weight = std::pow(n, 1.5);  // makes the contribution of the kernel of order 1
    network.setup.tile_bytes = 1;                               // selects the smallest tiles of a device
    const Parameters& p = network.setup.parameters;
    const auto engine = started<double>(GetParam(), network);
    engine->advance(1, 1e300);
    const Oracle::State& y = network.start[0];
    const auto got = engine->rows(Field::process, 0, 0, n);
    std::vector<double> psi(y.p.size());
    for (std::size_t i = 0; i < psi.size(); ++i) psi[i] = std::tanh(p.gain_process * y.p[i]);
    const auto kernel = network.oracle().recalled(psi);
    double worst = 0;
    for (std::size_t ij = 0; ij < psi.size(); ++ij) {
      const double rate = p.memory_weight * kernel[ij] + p.synapse_to_process * std::tanh(p.gain_synapse * y.s[ij]) +
                          network.setup.biases.process[ij] - p.decay_process * y.p[ij];
      worst = std::max(worst, std::abs(got[ij] - (y.p[ij] + p.dt / p.tau_process * rate)));
    }
    EXPECT_LT(worst, 1e-13) << n << " neurons, " << k << " patterns";  // sums of N^2 signed terms of order 1 / N
    const auto neurons = engine->rows(Field::neuron, 0, 0, 1);
    for (int i = 0; i < n; ++i) {
      double current = network.setup.biases.neuron[std::size_t(i)];
      for (int j = 0; j < n; ++j)
        current +=
            std::tanh(p.gain_synapse * y.s[std::size_t(i * n + j)]) * std::tanh(p.gain_neuron * y.x[std::size_t(j)]);
      const double want = y.x[std::size_t(i)] + p.dt / p.tau_neuron * (current - p.decay_neuron * y.x[std::size_t(i)]);
      EXPECT_NEAR(neurons[std::size_t(i)], want, 1e-13 * n) << n;
    }
  }
}

TEST_P(MemoryEngineTest, AdvancesEachCueIndependently) {
  for (const Solver solver : {Solver::euler, Solver::adaptive}) {
    Case network = general_case(40, 20, 3, false, 5);
    network.setup.parameters.solver = solver;
    const auto batch = started<float>(GetParam(), network);
    batch->advance(4, 1e300);
    for (int cue = 0; cue < 3; ++cue) {
      Case alone = network;
      alone.setup.cues = 1;
      alone.start = {network.start[std::size_t(cue)]};
      const auto engine = started<float>(GetParam(), alone);
      engine->advance(4, 1e300);
      // On a device, products of batches of another size may sum in another order.
      const double allowed = GetParam() == Backend::cpu ? 0 : 20 * rounding<float>;
      EXPECT_LE(difference(state_of(*batch, cue, 40), state_of(*engine, 0, 40)), allowed) << cue;
      EXPECT_NEAR(batch->status(cue).time, engine->status(0).time, allowed);
    }
  }
}

TEST_P(MemoryEngineTest, DoesNotDependOnHowTimeIsCut) {
  Case network = general_case(20, 7, 1, false, 6);
  network.setup.parameters.solver = Solver::rk4;
  const auto whole = started<double>(GetParam(), network), parts = started<double>(GetParam(), network);
  whole->advance(5, 1e300);
  parts->advance(2, 1e300);
  parts->advance(100, 0.25);
  EXPECT_EQ(parts->status(0).steps, 5);
  EXPECT_EQ(difference(state_of(*whole, 0, 20), state_of(*parts, 0, 20)), 0);
}

TEST_P(MemoryEngineTest, PermutesWithItsNeuronsUpToRounding) {
  const int n = 45;
  Case network = general_case(n, 30, 1, false, 7);
  std::vector<int> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
  Case permuted = network;
  const auto permute = [&](const std::vector<double>& from) {
    std::vector<double> to;
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < (from.size() == std::size_t(n) ? 1 : n); ++j)
        to.push_back(from.size() == std::size_t(n)
                         ? from[std::size_t(order[std::size_t(i)])]
                         : from[std::size_t(order[std::size_t(i)] * n + order[std::size_t(j)])]);
    return to;
  };
  for (int i = 0; i < n; ++i)
    for (int mu = 0; mu < 30; ++mu)
      permuted.setup.patterns.set(i, mu, network.setup.patterns.is_positive(order[std::size_t(i)], mu));
  auto& biases = permuted.setup.biases;
  biases = {permute(biases.neuron), permute(biases.synapse), permute(biases.process)};
  Oracle::State& start = permuted.start[0];
  start = {permute(start.x), permute(start.s), permute(start.p)};
  const auto first = started<double>(GetParam(), network), second = started<double>(GetParam(), permuted);
  first->advance(20, 1e300);
  second->advance(20, 1e300);
  Oracle::State want = state_of(*first, 0, n);
  want = {permute(want.x), permute(want.s), permute(want.p)};
  EXPECT_LT(difference(state_of(*second, 0, n), want), 1e-13);  // sums run in another order
}

TEST_P(MemoryEngineTest, ComputesTheOverlapsOfItsNeurons) {
  const Case network = general_case(70, 90, 2, false, 8);
  const auto engine = started<double>(GetParam(), network);
  const auto overlaps = engine->overlaps();
  ASSERT_EQ(overlaps.size(), 180u);
  for (int cue = 0; cue < 2; ++cue)
    for (int mu = 0; mu < 90; ++mu) {
      double want = 0;
      for (int i = 0; i < 70; ++i)
        want += network.setup.patterns.sign(i, mu) * std::tanh(1.5 * network.start[std::size_t(cue)].x[std::size_t(i)]);
      EXPECT_NEAR(overlaps[std::size_t(cue * 90 + mu)], want / 70, 1e-15);
    }
}

TEST_P(MemoryEngineTest, WarmStartMatchesTheTutorial) {
  MemorySetup setup;
  setup.patterns = Patterns::random(140, 4, 9);
  setup.parameters = regime_parameters(Regime::warm, 140);
  std::vector<double> x;
  for (int i = 0; i < 140; ++i) x.push_back(i % 9 == 0 ? -setup.patterns.sign(i, 2) : setup.patterns.sign(i, 2));
  const auto engine = make_memory_engine<double>(GetParam(), setup);
  engine->start(x, Regime::warm);
  std::vector<double> psi(140 * 140);
  for (int i = 0; i < 140; ++i)
    for (int j = 0; j < 140; ++j)
      psi[std::size_t(i * 140 + j)] = -std::tanh(5 * x[std::size_t(i)]) * std::tanh(5 * x[std::size_t(j)]);
  const auto kernel = Case{setup, {}}.oracle().recalled(psi);
  const Oracle::State got = state_of(*engine, 0, 140);
  double worst = 0;
  for (std::size_t ij = 0; ij < psi.size(); ++ij)
    worst = std::max(
        {worst, std::abs(std::tanh(5 * got.p[ij]) - psi[ij]), std::abs(std::tanh(5 * got.s[ij]) + kernel[ij])});
  EXPECT_LT(worst, 1e-15);
}

TEST_P(MemoryEngineTest, StopsACueAtItsFixedPoint) {
  Case network = general_case(16, 3, 2, true, 10);
  network.setup.parameters.solver = Solver::adaptive;
  network.setup.parameters.settled_rate = 1e-6;
  const auto engine = started<double>(GetParam(), network);
  engine->advance(100'000, 1e300);
  for (int cue = 0; cue < 2; ++cue) {
    EXPECT_TRUE(engine->status(cue).is_settled);
    const Oracle::State end = state_of(*engine, cue, 16), rate = network.oracle().rate(end);
    Oracle::State nothing = rate;
    for (auto* part : {&nothing.x, &nothing.s, &nothing.p}) std::fill(part->begin(), part->end(), 0.0);
    EXPECT_LT(difference(rate, nothing), 1e-4);  // 1e-6 (1 + |y|), over the shortest time constant
    const auto steps = engine->status(cue).steps;
    EXPECT_LT(steps, 1000);
  }
}

TEST_P(MemoryEngineTest, ThrowsWhenAStateIsNotFinite) {
  Case network = general_case(8, 2, 1, false, 11);
  network.setup.parameters.dt = 40;  // far beyond the stability of forward Euler
  const auto engine = started<float>(GetParam(), network);
  EXPECT_THROW(engine->advance(1000, 1e300), NumericsError);
}

TEST_P(MemoryEngineTest, ReportsInsufficientMemoryBeforeAllocating) {
  MemorySetup setup;
  setup.patterns = Patterns(1 << 20, 1);  // 2^41 synapses and processes
  try {
    make_memory_engine<float>(GetParam(), setup);
    FAIL() << "no error";
  } catch (const MemoryError& e) {
    const std::string said = e.what();
    const auto needed = said.find("needs ");
    ASSERT_NE(needed, std::string::npos) << said;
    // In GiB: two values for each of 2^40 pairs, and 1/128 of that for the sums of the tiles.
    EXPECT_NEAR(std::stod(said.substr(needed + 6)) / (8 * std::pow(2.0, 10)), 1, 0.01) << said;
    EXPECT_NE(said.find(" are available"), std::string::npos) << said;
  }
}

TEST_P(MemoryEngineTest, RejectsStatesOfAnotherSize) {
  const Case network = general_case(8, 2, 2, false);
  const auto engine = make_memory_engine<double>(GetParam(), network.setup);
  EXPECT_THROW(engine->start(std::vector<double>(8), Regime::cold), ConfigError);
  EXPECT_THROW(engine->start(std::vector<double>(16), std::vector<double>(64), std::vector<double>(128)), ConfigError);
  EXPECT_THROW(engine->rows(Field::synapse, 0, 7, 2), ConfigError);
}

INSTANTIATE_TEST_SUITE_P(Backends, MemoryEngineTest, testing::Values(Backend::cpu, Backend::cuda),
                         [](const auto& test) { return std::string(to_string(test.param)); });

TEST(CpuMemoryEngine, DoesNotDependOnTheNumberOfThreads) {
  Case network = general_case(300, 70, 2, false, 12);  // three panels of tiles
  const auto one = started<float>(Backend::cpu, network, 1), three = started<float>(Backend::cpu, network, 3);
  one->advance(5, 1e300);
  three->advance(5, 1e300);
  for (int cue = 0; cue < 2; ++cue) EXPECT_EQ(difference(state_of(*one, cue, 300), state_of(*three, cue, 300)), 0);
}

/// Of three panels of tiles, and of patterns that the steps sum beside the synapses or that a product multiplies.
class MirrorImages : public testing::TestWithParam<std::tuple<Solver, int>> {};

TEST_P(MirrorImages, AreWhatTheirTilesWouldHaveBecome) {
  const auto [solver, patterns] = GetParam();
  Case network = general_case(300, patterns, 1, true, 14);
  network.setup.parameters.solver = solver;
  const auto half = started<double>(Backend::cpu, network);
  // A bias that is not symmetric by its last digit: every tile goes by itself.
  double& bias = network.setup.biases.synapse[1];
  bias = std::nextafter(bias, 1.0);
  const auto full = started<double>(Backend::cpu, network);
  half->advance(3, 1e300);
  full->advance(3, 1e300);
  const auto found = state_of(*half, 0, 300);
  // Sums over 300 neurons and the patterns in another order, in three steps.
  EXPECT_LT(difference(found, state_of(*full, 0, 300)), 300 * rounding<double>);
  EXPECT_EQ(half->status(0).rejected, full->status(0).rejected);
  for (const Field field : {Field::synapse, Field::process}) {
    const auto rows = half->rows(field, 0, 0, 300);
    for (std::size_t i = 0; i < 300; ++i)
      for (std::size_t j = i / 128 * 128 + 128; j < 300; ++j)
        ASSERT_EQ(rows[i * 300 + j], rows[j * 300 + i]) << i << ' ' << j;
  }
}

// Who looks finds the images written, and the next step computes anew what had been kept in their place.
TEST_P(MirrorImages, DoNotDependOnWhoLooks) {
  const auto [solver, patterns] = GetParam();
  Case network = general_case(300, patterns, 1, true, 15);
  network.setup.parameters.solver = solver;
  const auto unseen = started<float>(Backend::cpu, network), seen = started<float>(Backend::cpu, network);
  unseen->advance(4, 1e300);
  for (int step = 0; step < 4; ++step) {
    seen->advance(1, 1e300);
    if (step % 2 == 0) seen->rows(Field::synapse, 0, 200, 1);
  }
  EXPECT_EQ(difference(state_of(*unseen, 0, 300), state_of(*seen, 0, 300)), 0);
  EXPECT_EQ(unseen->overlaps(), seen->overlaps());
}

INSTANTIATE_TEST_SUITE_P(Solvers, MirrorImages,
                         testing::Combine(testing::Values(Solver::euler, Solver::exponential_euler, Solver::rk4,
                                                          Solver::adaptive),
                                          testing::Values(1, 10, 64, 65)));

/// Slope of log error against log dt after one unit of time.
double order_of(Solver solver, double dt) {
  Case network = general_case(7, 3, 1, false, 13);
  Oracle::State want = network.start[0];
  const Oracle oracle = network.oracle();
  for (int step = 0; step < 2000; ++step) want = oracle.rk4(want, 1.0 / 2000);
  network.setup.parameters.solver = solver;
  double errors[2];
  for (int halved = 0; halved < 2; ++halved) {
    network.setup.parameters.dt = halved == 0 ? dt : dt / 2;
    const auto engine = started<double>(Backend::cpu, network);
    engine->advance(1'000'000, 1.0);
    errors[halved] = difference(state_of(*engine, 0, 7), want);
  }
  return std::log2(errors[0] / errors[1]);
}

TEST(CpuMemoryEngine, ConvergesAtNominalOrder) {
  EXPECT_NEAR(order_of(Solver::euler, 1.0 / 128), 1, 0.05);
  EXPECT_NEAR(order_of(Solver::exponential_euler, 1.0 / 128), 1, 0.05);
  EXPECT_NEAR(order_of(Solver::rk4, 1.0 / 32), 4, 0.15);
}

TEST(MemorySetup, NamesTheParameterOutOfRange) {
  MemorySetup setup;
  setup.patterns = Patterns::random(4, 2, 1);
  setup.parameters.tau_process = 0;
  try {
    make_memory_engine<float>(Backend::cpu, setup);
    FAIL() << "no error";
  } catch (const ConfigError& e) {
    EXPECT_STREQ(e.what(), "tau_process = 0.000000: must be above 0.000000");
  }
}

}  // namespace
}  // namespace tripartite::memory
