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

class Solvers : public testing::TestWithParam<synapse::Solver> {};

TEST_P(Solvers, ThreadsAreNotPartOfTheResult) {
  const auto run = [&](int threads) {
    NetworkSetup setup = recurrent_setup(150, 20, 7);
    setup.solver = GetParam();
    setup.threads = threads;
    const auto network = make_network<float>(Backend::cpu, setup);
    network->advance(150, {});
    return everything(*network);
  };
  const auto alone = run(1);
  EXPECT_EQ(run(2), alone);
  EXPECT_EQ(run(5), alone);
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

TEST(Network, WithoutEfficacyIsPartC) {
  NetworkSetup setup;
  setup.initial_rate = {4};
  // An input that holds the rate where it is: F(input) = 4.
  setup.input = {setup.neuron.threshold - setup.neuron.width * std::log(setup.neuron.highest / 4 - 1)};
  setup.tripartite = {{0, 0}, {0, 0}, {0, 0}};
  for (int i = 0; i < synapse::state_count; ++i) setup.initial[i] = synapse::state_infos[i].initial;
  setup.solver = synapse::Solver::rk4;
  const auto network = make_network<double>(Backend::cpu, setup);
  network->advance(12000, {});

  synapse::EnsembleSetup alone;
  alone.synapses = 1;
  alone.solver = synapse::Solver::rk4;
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
