// What networks claim: exchanged IP3 sums to zero, symmetries, reductions, and what must not matter.
#include "tripartite/network/network.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "network/circuit.hpp"
#include "support/close.hpp"
#include "support/values.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/connectivity.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

using integrate::Method;
using network::all_to_all;
using network::Edges;
using network::fixed_indegree;
using network::one_to_one;
using network::ring_junctions;

Circuit ring_circuit(std::size_t cells) {
  Circuit circuit;
  circuit.astrocytes = cells;
  circuit.gap_junctions = ring_junctions(cells);
  circuit.soma_bias.assign(cells, 0.0);
  circuit.soma_bias[cells / 3] = 1.5;
  circuit.method = Method::rk4;
  circuit.dt = 0.02;
  return circuit;
}

Circuit recurrent_circuit(std::size_t neurons, std::size_t indegree, std::size_t astrocytes) {
  Circuit circuit;
  const Edges edges = fixed_indegree(neurons, indegree, 4);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    Circuit::Connections& kind = e % 3 == 0 ? circuit.bare : circuit.wrapped;
    kind.pre.push_back(edges.pre[e]);
    kind.post.push_back(edges.post[e]);
    kind.efficacy.push_back(0.5 + 0.01 * double(e % 17));
    if (e % 3 != 0) circuit.astrocyte.push_back(Index(e % astrocytes));
  }
  circuit.initial_rate.assign(neurons, 5);
  circuit.input.assign(neurons, 7);
  circuit.astrocytes = astrocytes;
  circuit.gap_junctions = ring_junctions(astrocytes);
  circuit.has_soma = true;
  return circuit;
}

/// A neuron whose rate stands still, F(input) = rate, drives synapses that nothing hears: part C.
Circuit steady_circuit(double rate, std::size_t synapses) {
  Circuit circuit;
  circuit.initial_rate = {rate};
  circuit.input = {10 - 1.5 * std::log(60 / rate - 1)};  // θ, σ, ν_max
  circuit.wrapped = {std::vector<Index>(synapses, 0), std::vector<Index>(synapses, 0), std::vector<double>(synapses)};
  return circuit;
}

template <class Real>
std::unique_ptr<Network> make(const Circuit& circuit) {
  NetworkSetup setup = network_setup(circuit);
  setup.precision = sizeof(Real) == 8 ? Precision::float64 : Precision::float32;
  return make_network(std::move(setup));
}

/// Tripartite synapses alone.
NetworkSetup ensemble_setup(std::size_t synapses, const Circuit& circuit) {
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), synapses, "synapses");
  for (const auto& [name, values] : circuit.varied) setup[0].vary(name, values);
  setup.method = circuit.method;
  setup.slow_every = circuit.slow_every;
  setup.relative_tolerance = circuit.relative_tolerance;
  setup.absolute_tolerance = circuit.absolute_tolerance;
  setup.precision = Precision::float64;
  setup.backend = Backend::cpu;
  setup[0].input("rate").common = {4, 0, 0, 0};
  return setup;
}

TEST(GapJunctions, ExchangeWithoutLoss) {
  const auto network = make<double>(ring_circuit(31));
  for (int k = 0; k < 200; ++k) {
    network->advance_steps(10);
    const auto currents = values_of(*network, "astrocytes", "junctions");
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
  const auto network = make<double>(ring_circuit(31));
  network->advance_steps(2000);
  const auto calcium = values_of(*network, "astrocytes", "C");
  for (std::size_t d = 1; d <= 10; ++d) EXPECT_NEAR(calcium[10 + d], calcium[10 - d], 1e-7) << d;
  EXPECT_GT(*std::max_element(calcium.begin(), calcium.end()), 0.2);
}

class AllMethods : public testing::TestWithParam<Method> {};
class FixedMethods : public AllMethods {};

TEST_P(AllMethods, ThreadsAreNotPartOfTheResult) {
  const auto run = [&](int threads, int slow_every = 1) {
    Circuit circuit = recurrent_circuit(150, 20, 7);
    circuit.method = GetParam();
    circuit.slow_every = is_adaptive(circuit.method) ? 1 : slow_every;
    circuit.threads = threads;
    omp_set_num_threads(threads);  // as many as there are cores otherwise
    const auto network = make<float>(circuit);
    network->advance_steps(150);
    return all_states<float>(*network);
  };
  const int before = omp_get_max_threads();
  const auto alone = run(1);
  EXPECT_EQ(run(2), alone);
  EXPECT_EQ(run(3), alone);
  EXPECT_EQ(run(5), alone);
  EXPECT_EQ(run(5, 10), run(1, 10));
  omp_set_num_threads(before);
}

TEST_P(FixedMethods, ConvergeToEachOther) {
  const auto run = [](Method method, int substeps) {
    Circuit circuit = recurrent_circuit(20, 6, 3);
    circuit.method = method;
    circuit.substeps = substeps;
    const auto network = make<double>(circuit);
    network->advance_steps(300);
    return all_states(*network);
  };
  const auto exact = run(Method::rk4, 16);
  const double coarse = relative_l2(run(GetParam(), 1), exact), fine = relative_l2(run(GetParam(), 4), exact);
  const int order = GetParam() == Method::rk4 ? 4 : GetParam() == Method::exponential_midpoint ? 2 : 1;
  EXPECT_NEAR(std::log(coarse / fine) / std::log(4), order, 0.35) << coarse << ", " << fine;
}

INSTANTIATE_TEST_SUITE_P(Methods, FixedMethods,
                         testing::Values(Method::exponential_euler, Method::exponential_midpoint, Method::euler,
                                         Method::rk4));
INSTANTIATE_TEST_SUITE_P(Methods, AllMethods,
                         testing::Values(Method::exponential_euler, Method::exponential_midpoint, Method::euler,
                                         Method::rk4, Method::dormand_prince));

TEST_P(FixedMethods, ConvergeOnTwoClocks) {
  const auto run = [](Method method, double dt, int slow_every, int substeps) {
    Circuit circuit = recurrent_circuit(20, 6, 3);
    circuit.method = method;
    circuit.dt = dt;
    circuit.substeps = substeps;
    circuit.slow_every = slow_every;
    const auto network = make<double>(circuit);
    network->advance_steps(std::lround(0.4 / dt));
    return all_states(*network);
  };
  const auto exact = run(Method::rk4, 1e-3, 1, 16);
  const double coarse = relative_l2(run(GetParam(), 1e-3, 10, 1), exact);
  const double fine = relative_l2(run(GetParam(), 2.5e-4, 10, 1), exact);
  EXPECT_NEAR(std::log(coarse / fine) / std::log(4), 1, 0.35) << coarse << ", " << fine;
  // Substeps are the fast clock's.
  EXPECT_LT(relative_l2(run(GetParam(), 1e-3, 1, 10), exact), coarse);
}

Circuit adaptive_circuit(double tolerance) {
  Circuit circuit = recurrent_circuit(20, 6, 3);
  circuit.method = Method::dormand_prince;
  circuit.relative_tolerance = tolerance;
  circuit.absolute_tolerance = 1e-2 * tolerance;
  return circuit;
}

std::vector<double> after_two_stimuli(const Circuit& circuit) {
  const auto network = make<double>(circuit);
  std::vector<double> input = circuit.input;
  for (std::size_t i = 0; i < 5; ++i) input[i] += 3;
  network->set_base(part::neurons, "drive", input);
  network->advance_steps(137);
  network->set_base(part::neurons, "drive", circuit.input);
  network->advance_steps(163);
  return all_states(*network);
}

TEST(AdaptiveNetwork, ComesNearerAsItsToleranceTightens) {
  // Fixed steps of 1/32 ms know neither error control nor dense output, and change the stimulus at the end of a step.
  Circuit fixed = adaptive_circuit(1);
  fixed.method = Method::rk4;
  fixed.substeps = 32;
  const auto exact = after_two_stimuli(fixed);
  double last = 1;
  for (const double tolerance : {1e-3, 1e-5, 1e-7, 1e-9}) {
    const double error = relative_l2(after_two_stimuli(adaptive_circuit(tolerance)), exact);
    EXPECT_LT(error, 3 * tolerance);
    EXPECT_LT(error, 0.1 * last);  // a hundredth if the error were the tolerance
    last = error;
  }
}

TEST(AdaptiveNetwork, CallsAreNotPartOfTheResult) {
  const auto run = [](std::initializer_list<int> calls) {
    const auto network = make<double>(adaptive_circuit(1e-6));
    for (const int steps : calls) network->advance_steps(steps);
    return all_states(*network);
  };
  const auto at_once = run({300});
  EXPECT_EQ(run({1, 1, 1, 97, 199, 1}), at_once);
}

TEST(AdaptiveNetwork, LocatesEveryRelease) {
  // Three pairs of synapses alike: thresholds 0.5, 0.4, 0.5, 0.3 uM ..., so that several cross within one free step.
  Circuit circuit = steady_circuit(4, 6);
  circuit.varied = {{"C_Theta", {0.5, 0.4, 0.5, 0.3, 0.4, 0.3}}};
  circuit.method = Method::dormand_prince;
  circuit.relative_tolerance = 1e-10;
  circuit.absolute_tolerance = 1e-12;
  const auto network = make<double>(circuit);
  network->advance_steps(30000);
  const auto releases = network->take_events();

  const auto ensemble = make_network(ensemble_setup(6, circuit));
  ensemble->advance_steps(30000);
  const auto expected = ensemble->take_events();
  ASSERT_EQ(releases.size(), expected.size());
  ASSERT_GE(releases.size(), 12U);
  for (std::size_t i = 0; i < releases.size(); ++i) {
    // The order of a pair is that of its synapses; located by each method on its own dense output of order 4.
    EXPECT_EQ(releases[i].index, expected[i].index) << i;
    EXPECT_NEAR(releases[i].time, expected[i].time, 1e-7) << i;
  }
}

TEST(AdaptiveNetwork, CountsAlikeAtTheSameInstant) {
  Circuit circuit = steady_circuit(4, 37);
  circuit.method = Method::dormand_prince;
  const auto network = make<float>(circuit);
  network->advance_steps(20000);
  const auto releases = network->take_events();
  ASSERT_GT(releases.size(), 0U);
  ASSERT_EQ(releases.size() % 37, 0U);
  for (std::size_t i = 0; i < releases.size(); ++i) {
    EXPECT_EQ(releases[i].index, i % 37);
    EXPECT_EQ(releases[i].time, releases[i - i % 37].time);
  }
}

TEST(AdaptiveNetwork, LocatesTheFirstReleaseAmongThousands) {
  // Synapses that are alike but for their thresholds. Those that release are in different parts, each of which a thread
  // looks through, and cross within one step if nothing ends it; the first is neither in the first nor in the last.
  const auto releases = [](std::size_t synapses, const std::vector<std::size_t>& releasing) {
    Circuit circuit = steady_circuit(4, synapses);
    std::vector<double> threshold(synapses, 1);
    for (std::size_t k = 0; k < releasing.size(); ++k)
      threshold[releasing[k]] = std::vector<double>{0.206, 0.202, 0.204, 0.2041}[k];
    circuit.varied = {{"C_Theta", threshold}};
    circuit.method = Method::dormand_prince;
    circuit.dt = 0.01;
    circuit.relative_tolerance = 1e-5;
    circuit.absolute_tolerance = 1e-7;
    NetworkSetup setup = network_setup(circuit);
    setup[part::synapses].start("I", 1.0).start("C", 0.2);
    setup.precision = Precision::float64;
    const auto network = make_network(std::move(setup));
    network->advance_steps(20);
    return network->take_events();
  };
  const std::vector<std::size_t> few{0, 1, 2, 3}, many{3, 8195, 16384, 16390};
  const auto expected = releases(5, few), found = releases(16400, many);
  ASSERT_EQ(expected.size(), 4U);
  ASSERT_EQ(found.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(found[i].index, many[expected[i].index]) << i;
    EXPECT_NEAR(found[i].time, expected[i].time, 1e-12) << i;
  }
  EXPECT_EQ(found[0].index, 8195U);
  EXPECT_LT(found[3].time, 0.1);
}

TEST(AdaptiveNetwork, SaysWhoseErrorCannotBeHeld) {
  Circuit circuit = adaptive_circuit(1e-30);
  const auto network = make<float>(circuit);
  try {
    network->advance_steps(10);
    FAIL() << "no error can be 1e-30";
  } catch (const NumericsError& error) {
    EXPECT_NE(std::string(error.what()).find("stays above the tolerance"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("neurons 0"), std::string::npos) << error.what();
  }
}

void expect_part_c(Method method, int slow_every) {
  Circuit circuit = steady_circuit(4, 2);
  circuit.method = method;
  circuit.slow_every = slow_every;
  const auto network = make<double>(circuit);
  network->advance_steps(11);
  network->advance_steps(11989);

  const auto ensemble = make_network(ensemble_setup(1, circuit));
  ensemble->advance_steps(12000);
  for (const Field& field : ensemble->fields()) {
    const double expected = values_of(*ensemble, "synapses", field.name)[0];
    // The rate is 4 to rounding; a release at the same step needs no more.
    EXPECT_NEAR(values_of(*network, "synapses", field.name)[1], expected, 1e-9 * (1 + expected)) << field.name;
  }
  const auto releases = network->take_events();
  const auto expected = ensemble->take_events();
  ASSERT_EQ(releases.size(), 2 * expected.size());
  ASSERT_GT(expected.size(), 0U);
}

TEST(Network, WithoutEfficacyIsPartC) { expect_part_c(Method::rk4, 1); }
TEST(Network, OnTwoClocksWithoutEfficacyIsPartC) { expect_part_c(Method::exponential_euler, 8); }

TEST(Network, HomogeneousAllToAllIsOneNeuronWithTheWholeEfficacy) {
  constexpr std::size_t cells = 9;
  const auto run = [](std::size_t count, const Edges& edges, double efficacy) {
    Circuit circuit;
    circuit.initial_rate.assign(count, 1);
    circuit.input.assign(count, 3);
    circuit.wrapped = {edges.pre, edges.post, std::vector<double>(edges.size(), efficacy)};
    circuit.parameters = {{"rho_c", 2e-4}, {"U_0_star", 0.05}, {"alpha", 1}};
    auto network = make<double>(circuit);
    network->advance_steps(14000);
    return network;
  };
  const auto all = run(cells, all_to_all(cells), 3.0 / (cells - 1));
  const auto one = run(1, one_to_one(1), 3.0);
  const double expected = values_of(*one, "neurons", "nu")[0];
  for (const double rate : values_of(*all, "neurons", "nu")) EXPECT_NEAR(rate, expected, 1e-7 * expected);
  EXPECT_EQ(all->take_events().size(), one->take_events().size() * cells * (cells - 1));
}

TEST(Network, OrderOfSynapsesIsNotPartOfTheResult) {
  Circuit circuit = recurrent_circuit(30, 8, 3);
  const auto straight = make<double>(circuit);
  Circuit reversed = circuit;
  for (auto* list : {&reversed.wrapped.pre, &reversed.wrapped.post, &reversed.astrocyte})
    std::reverse(list->begin(), list->end());
  std::reverse(reversed.wrapped.efficacy.begin(), reversed.wrapped.efficacy.end());
  const auto turned = make<double>(reversed);
  straight->advance_steps(500);
  turned->advance_steps(500);
  // Sums in another order.
  EXPECT_TRUE(
      all_close(values_of(*turned, "neurons", "nu"), values_of(*straight, "neurons", "nu"), {.relative = 1e-10}));
}

TEST(Network, RefusesWhatDoesNotFitTogether) {
  Circuit circuit = recurrent_circuit(10, 3, 2);
  circuit.wrapped.pre[3] = 10;
  EXPECT_THROW(make<float>(circuit), ConfigError);
  circuit = recurrent_circuit(10, 3, 2);
  circuit.gap_junctions.push_back({0, 2});
  EXPECT_THROW(make<float>(circuit), ConfigError);
  circuit = recurrent_circuit(10, 3, 2);
  circuit.method = Method::rosenbrock;
  EXPECT_THROW(make<float>(circuit), ConfigError);
  circuit.method = Method::dormand_prince;
  circuit.coupling = Coupling::held;
  EXPECT_THROW(make<float>(circuit), ConfigError);
  circuit.coupling = Coupling::staged;
  circuit.slow_every = 10;
  EXPECT_THROW(make<float>(circuit), ConfigError);
}

TEST(Network, SaysWhatLeftItsDomain) {
  Circuit circuit = recurrent_circuit(10, 3, 2);
  circuit.method = Method::euler;
  circuit.dt = 0.05;
  const auto network = make<float>(circuit);
  EXPECT_THROW(network->advance_steps(1000), NumericsError);
}

TEST(StoppedNetwork, ThrowsCancelledWithinAStep) {
  for (const bool has_projections : {false, true}) {
    NetworkSetup setup;
    setup.add(model<TripartiteSynapse, Gchi>(), 5000, "synapses");
    setup.backend = Backend::cpu;
    setup.threads = 1;  // `asked` is not atomic
    if (has_projections) {
      setup.add(model<RateNeuron>(), 1, "neurons");
      setup.gather(1, "nu", 0, "rate", std::vector<Index>(5000, 0));
    }
    const auto network = make_network(setup);
    int asked = 0;
    network->stop_when([&] { return ++asked > 2; });
    EXPECT_THROW(network->advance(1000), Cancelled) << has_projections;
    EXPECT_LE(network->steps(), 256) << has_projections;
    network->stop_when({});
    EXPECT_NO_THROW(network->advance(0.01));
  }
}

}  // namespace
}  // namespace tripartite
