// What networks claim: exchanged IP3 sums to zero, symmetries, reductions, and what must not matter.
#include "tripartite/network/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/close.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/connectivity.hpp"

namespace tripartite::network {
namespace {

NetworkSetup ring_setup(std::size_t cells) {
  NetworkSetup setup;
  setup.astrocytes = cells;
  setup.gap_junctions = ring_junctions(cells);
  setup.soma_bias.assign(cells, 0.0);
  setup.soma_bias[cells / 3] = 1.5;
  setup.solver = synapse::Solver::rk4;
  setup.dt = 0.02;
  return setup;
}

NetworkSetup recurrent_setup(std::size_t neurons, std::size_t indegree, std::size_t astrocytes) {
  NetworkSetup setup;
  const Edges edges = fixed_indegree(neurons, indegree, 4);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    Connections& kind = e % 3 == 0 ? setup.bare : setup.tripartite;
    kind.pre.push_back(edges.pre[e]);
    kind.post.push_back(edges.post[e]);
    kind.efficacy.push_back(0.5 + 0.01 * double(e % 17));
    if (e % 3 != 0) setup.astrocyte.push_back(Index(e % astrocytes));
  }
  setup.initial_rate.assign(neurons, 5);
  setup.input.assign(neurons, 7);
  setup.astrocytes = astrocytes;
  setup.gap_junctions = ring_junctions(astrocytes);
  setup.options.soma = true;
  for (int i = 0; i < synapse::state_count; ++i) setup.initial[i] = synapse::state_infos[i].initial;
  return setup;
}

/// A neuron whose rate stands still, F(input) = rate, drives synapses that nothing hears: part C.
NetworkSetup steady_setup(double rate, std::size_t synapses) {
  NetworkSetup setup;
  setup.initial_rate = {rate};
  setup.input = {setup.neuron.threshold - setup.neuron.width * std::log(setup.neuron.highest / rate - 1)};
  setup.tripartite = {std::vector<Index>(synapses, 0), std::vector<Index>(synapses, 0), std::vector<double>(synapses)};
  for (int i = 0; i < synapse::state_count; ++i) setup.initial[i] = synapse::state_infos[i].initial;
  return setup;
}

template <class Real>
std::vector<Real> everything(const Network<Real>& network) {
  std::vector<Real> all;
  const auto add = [&](std::span<const Real> values) { all.insert(all.end(), values.begin(), values.end()); };
  add(network.rates());
  add(network.bare_utilisation());
  add(network.bare_resources());
  for (int i = 0; i < synapse::state_count; ++i) add(network.synapses(synapse::StateIndex(i)));
  for (int i = 0; i < astrocyte::soma_states; ++i) add(network.somata(astrocyte::SomaState(i)));
  return all;
}

TEST(GapJunctions, ExchangeWithoutLoss) {
  const auto network = make_network<double>(Backend::cpu, ring_setup(31));
  for (int k = 0; k < 200; ++k) {
    network->advance(10, {});
    const auto currents = network->junction_currents();
    const double sum = std::accumulate(currents.begin(), currents.end(), 0.0);
    const double largest = *std::max_element(currents.begin(), currents.end());
    // Every junction enters twice with opposite sign; what is left is rounding.
    EXPECT_NEAR(sum, 0, 1e-15 * 31) << k;
    if (k > 50) {
      EXPECT_GT(largest, 1e-4);
    }
  }
}

TEST(GapJunctions, CarryAWaveBothWaysAlike) {
  const auto network = make_network<double>(Backend::cpu, ring_setup(31));
  network->advance(2000, {});
  const auto calcium = network->somata(astrocyte::soma_calcium);
  for (std::size_t d = 1; d <= 10; ++d) EXPECT_NEAR(calcium[10 + d], calcium[10 - d], 1e-7) << d;
  EXPECT_GT(*std::max_element(calcium.begin(), calcium.end()), 0.2);
}

class AllSolvers : public testing::TestWithParam<synapse::Solver> {};
class Solvers : public AllSolvers {};

TEST_P(AllSolvers, ThreadsAreNotPartOfTheResult) {
  const auto run = [&](int threads, int calcium_every = 1) {
    NetworkSetup setup = recurrent_setup(150, 20, 7);
    setup.solver = GetParam();
    setup.calcium_every = synapse::is_adaptive(setup.solver) ? 1 : calcium_every;
    setup.threads = threads;
    const auto network = make_network<float>(Backend::cpu, setup);
    network->advance(150, {});
    return everything(*network);
  };
  const auto alone = run(1);
  EXPECT_EQ(run(2), alone);
  EXPECT_EQ(run(5), alone);
  EXPECT_EQ(run(5, 10), run(1, 10));
}

TEST_P(Solvers, ConvergeToEachOther) {
  const auto run = [](synapse::Solver solver, int substeps) {
    NetworkSetup setup = recurrent_setup(20, 6, 3);
    setup.solver = solver;
    setup.substeps = substeps;
    const auto network = make_network<double>(Backend::cpu, setup);
    network->advance(300, {});
    return everything(*network);
  };
  const auto exact = run(synapse::Solver::rk4, 16);
  const double coarse = relative_l2(run(GetParam(), 1), exact), fine = relative_l2(run(GetParam(), 4), exact);
  EXPECT_NEAR(std::log(coarse / fine) / std::log(4), GetParam() == synapse::Solver::rk4 ? 4 : 1, 0.35)
      << coarse << ", " << fine;
}

INSTANTIATE_TEST_SUITE_P(Methods, Solvers,
                         testing::Values(synapse::Solver::exponential_euler, synapse::Solver::euler,
                                         synapse::Solver::rk4));
INSTANTIATE_TEST_SUITE_P(Methods, AllSolvers,
                         testing::Values(synapse::Solver::exponential_euler, synapse::Solver::euler,
                                         synapse::Solver::rk4, synapse::Solver::dormand_prince));

TEST_P(Solvers, ConvergeOnTwoClocks) {
  const auto run = [](synapse::Solver solver, double dt, int calcium_every, int substeps) {
    NetworkSetup setup = recurrent_setup(20, 6, 3);
    setup.solver = solver;
    setup.dt = dt;
    setup.substeps = substeps;
    setup.calcium_every = calcium_every;
    const auto network = make_network<double>(Backend::cpu, setup);
    network->advance(int(std::lround(0.4 / dt)), {});
    return everything(*network);
  };
  const auto exact = run(synapse::Solver::rk4, 1e-3, 1, 16);
  const double coarse = relative_l2(run(GetParam(), 1e-3, 10, 1), exact);
  const double fine = relative_l2(run(GetParam(), 2.5e-4, 10, 1), exact);
  EXPECT_NEAR(std::log(coarse / fine) / std::log(4), 1, 0.35) << coarse << ", " << fine;
  // Substeps are the fast clock's.
  EXPECT_LT(relative_l2(run(GetParam(), 1e-3, 1, 10), exact), coarse);
}

NetworkSetup adaptive_setup(double tolerance) {
  NetworkSetup setup = recurrent_setup(20, 6, 3);
  setup.solver = synapse::Solver::dormand_prince;
  setup.relative_tolerance = tolerance;
  setup.absolute_tolerance = 1e-2 * tolerance;
  return setup;
}

std::vector<double> after_two_stimuli(NetworkSetup setup) {
  const auto network = make_network<double>(Backend::cpu, std::move(setup));
  network->advance(137, {3, 5, true});
  network->advance(163, {});
  return everything(*network);
}

TEST(AdaptiveNetwork, ComesNearerAsItsToleranceTightens) {
  // Fixed steps of 1/32 ms know neither error control nor dense output, and change the stimulus at the end of a step.
  NetworkSetup fixed = adaptive_setup(1);
  fixed.solver = synapse::Solver::rk4;
  fixed.substeps = 32;
  const auto exact = after_two_stimuli(fixed);
  double last = 1;
  for (const double tolerance : {1e-3, 1e-5, 1e-7, 1e-9}) {
    const double error = relative_l2(after_two_stimuli(adaptive_setup(tolerance)), exact);
    EXPECT_LT(error, 3 * tolerance);
    EXPECT_LT(error, 0.1 * last);  // a hundredth if the error were the tolerance
    last = error;
  }
}

TEST(AdaptiveNetwork, CallsAreNotPartOfTheResult) {
  const auto run = [](std::initializer_list<int> calls) {
    const auto network = make_network<double>(Backend::cpu, adaptive_setup(1e-6));
    for (const int steps : calls) network->advance(steps, {});
    return everything(*network);
  };
  const auto at_once = run({300});
  EXPECT_EQ(run({1, 1, 1, 97, 199, 1}), at_once);
}

TEST(AdaptiveNetwork, LocatesEveryRelease) {
  // Three pairs of synapses alike: thresholds 0.5, 0.4, 0.5, 0.3 uM ..., so that several cross within one free step.
  NetworkSetup setup = steady_setup(4, 6);
  setup.varied = {{synapse::index_C_Theta, {0.5, 0.4, 0.5, 0.3, 0.4, 0.3}}};
  setup.solver = synapse::Solver::dormand_prince;
  setup.relative_tolerance = 1e-10;
  setup.absolute_tolerance = 1e-12;
  const auto network = make_network<double>(Backend::cpu, setup);
  network->advance(30000, {});
  const auto releases = network->take_releases();

  synapse::EnsembleSetup alone;
  alone.synapses = 6;
  alone.varied = setup.varied;
  alone.solver = setup.solver;
  alone.relative_tolerance = setup.relative_tolerance;
  alone.absolute_tolerance = setup.absolute_tolerance;
  std::copy(std::begin(setup.initial), std::end(setup.initial), alone.initial);
  const auto ensemble = synapse::make_ensemble<double>(Backend::cpu, alone);
  ensemble->advance(30000, {{4, 0, 0, 0}, 0}, nullptr);
  const auto expected = ensemble->take_releases();
  ASSERT_EQ(releases.size(), expected.size());
  ASSERT_GE(releases.size(), 12U);
  for (std::size_t i = 0; i < releases.size(); ++i) {
    // The order of a pair is that of its synapses; located by each method on its own dense output of order 4.
    EXPECT_EQ(releases[i].synapse, expected[i].synapse) << i;
    EXPECT_NEAR(releases[i].time, expected[i].time, 1e-7) << i;
  }
}

TEST(AdaptiveNetwork, CountsAlikeAtTheSameInstant) {
  NetworkSetup setup = steady_setup(4, 37);
  setup.solver = synapse::Solver::dormand_prince;
  const auto network = make_network<float>(Backend::cpu, setup);
  network->advance(20000, {});
  const auto releases = network->take_releases();
  ASSERT_GT(releases.size(), 0U);
  ASSERT_EQ(releases.size() % 37, 0U);
  for (std::size_t i = 0; i < releases.size(); ++i) {
    EXPECT_EQ(releases[i].synapse, i % 37);
    EXPECT_EQ(releases[i].time, releases[i - i % 37].time);
  }
}

TEST(AdaptiveNetwork, SaysWhoseErrorCannotBeHeld) {
  NetworkSetup setup = adaptive_setup(1e-30);
  const auto network = make_network<float>(Backend::cpu, setup);
  try {
    network->advance(10, {});
    FAIL() << "no error can be 1e-30";
  } catch (const NumericsError& error) {
    EXPECT_NE(std::string(error.what()).find("stays above the tolerance"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("neuron 0"), std::string::npos) << error.what();
  }
}

void expect_part_c(synapse::Solver solver, int calcium_every) {
  NetworkSetup setup = steady_setup(4, 2);
  setup.solver = solver;
  setup.calcium_every = calcium_every;
  const auto network = make_network<double>(Backend::cpu, setup);
  network->advance(11, {});
  network->advance(11989, {});

  synapse::EnsembleSetup alone;
  alone.synapses = 1;
  alone.solver = solver;
  alone.calcium_every = calcium_every;
  std::copy(std::begin(setup.initial), std::end(setup.initial), alone.initial);
  const auto ensemble = synapse::make_ensemble<double>(Backend::cpu, alone);
  ensemble->advance(12000, {{4, 0, 0, 0}, 0}, nullptr);
  for (int i = 0; i < synapse::state_count; ++i) {
    double expected = 0;
    ensemble->read(synapse::StateIndex(i), 0, {&expected, 1});
    // The rate is 4 to rounding; a release at the same step needs no more.
    EXPECT_NEAR(network->synapses(synapse::StateIndex(i))[1], expected, 1e-9 * (1 + expected))
        << synapse::state_infos[i].name;
  }
  const auto releases = network->take_releases();
  const auto expected = ensemble->take_releases();
  ASSERT_EQ(releases.size(), 2 * expected.size());
  ASSERT_GT(expected.size(), 0U);
}

TEST(Network, WithoutEfficacyIsPartC) { expect_part_c(synapse::Solver::rk4, 1); }
TEST(Network, OnTwoClocksWithoutEfficacyIsPartC) { expect_part_c(synapse::Solver::exponential_euler, 8); }

TEST(Network, HomogeneousAllToAllIsOneNeuronWithTheWholeEfficacy) {
  constexpr std::size_t neurons = 9;
  const auto run = [](std::size_t count, const Edges& edges, double efficacy) {
    NetworkSetup setup;
    setup.initial_rate.assign(count, 1);
    setup.input.assign(count, 3);
    setup.tripartite = {edges.pre, edges.post, std::vector<double>(edges.size(), efficacy)};
    setup.parameters.rho_c = 2e-4;
    setup.parameters.U_0_star = 0.05;
    setup.parameters.alpha = 1;
    for (int i = 0; i < synapse::state_count; ++i) setup.initial[i] = synapse::state_infos[i].initial;
    auto network = make_network<double>(Backend::cpu, setup);
    network->advance(14000, {});
    return network;
  };
  const auto all = run(neurons, all_to_all(neurons), 3.0 / (neurons - 1));
  const auto one = run(1, one_to_one(1), 3.0);
  for (const double rate : all->rates()) EXPECT_NEAR(rate, one->rates()[0], 1e-7 * one->rates()[0]);
  EXPECT_EQ(all->take_releases().size(), one->take_releases().size() * neurons * (neurons - 1));
}

TEST(Network, OrderOfSynapsesIsNotPartOfTheResult) {
  NetworkSetup setup = recurrent_setup(30, 8, 3);
  const auto straight = make_network<double>(Backend::cpu, setup);
  NetworkSetup reversed = setup;
  for (auto* list : {&reversed.tripartite.pre, &reversed.tripartite.post, &reversed.astrocyte})
    std::reverse(list->begin(), list->end());
  std::reverse(reversed.tripartite.efficacy.begin(), reversed.tripartite.efficacy.end());
  const auto turned = make_network<double>(Backend::cpu, reversed);
  straight->advance(500, {});
  turned->advance(500, {});
  // Sums in another order.
  EXPECT_TRUE(all_close(turned->rates(), straight->rates(), {.relative = 1e-10}));
}

TEST(Network, RefusesWhatDoesNotFitTogether) {
  NetworkSetup setup = recurrent_setup(10, 3, 2);
  setup.tripartite.pre[3] = 10;
  EXPECT_THROW(make_network<float>(Backend::cpu, setup), ConfigError);
  setup = recurrent_setup(10, 3, 2);
  setup.gap_junctions.push_back({0, 2});
  EXPECT_THROW(make_network<float>(Backend::cpu, setup), ConfigError);
  setup = recurrent_setup(10, 3, 2);
  setup.solver = synapse::Solver::rosenbrock;
  EXPECT_THROW(make_network<float>(Backend::cpu, setup), ConfigError);
  setup.solver = synapse::Solver::dormand_prince;
  setup.coupling = Coupling::held;
  EXPECT_THROW(make_network<float>(Backend::cpu, setup), ConfigError);
  setup.coupling = Coupling::staged;
  setup.calcium_every = 10;
  EXPECT_THROW(make_network<float>(Backend::cpu, setup), ConfigError);
}

TEST(Network, SaysWhatLeftItsDomain) {
  NetworkSetup setup = recurrent_setup(10, 3, 2);
  setup.solver = synapse::Solver::euler;
  setup.dt = 0.05;
  const auto network = make_network<float>(Backend::cpu, setup);
  EXPECT_THROW(network->advance(1000, {}), NumericsError);
}

}  // namespace
}  // namespace tripartite::network
