// Numbers that leave their domains: who is named, and that a run can go on once they are replaced.
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>

#include "support/close.hpp"
#include "support/values.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/error.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/bare_synapse.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

using integrate::Method;

std::string text_of_fault(Network& network, std::int64_t steps) {
  try {
    network.advance_steps(steps);
  } catch (const NumericsError& error) {
    return error.what();
  }
  return {};
}

/// Writes what every state of every element begins with.
void begin_anew(Network& network, const NetworkSetup& setup) {
  for (const PopulationSetup& population : setup.populations)
    for (std::size_t i = 0; i < population.initial.size(); ++i)
      network.write(network.field(population.name, population.model->description.states[i].name), 0,
                    std::span<const double>(std::vector<double>(population.size, population.initial[i])));
}

void write(Network& network, const char* population, const char* state, std::size_t element, double value) {
  network.write(network.field(population, state), element, std::span<const double>(&value, 1));
}

class Faults : public testing::TestWithParam<std::tuple<Method, std::size_t>> {};

TEST_P(Faults, OfAnEnsembleEndWhenTheNumbersAreReplaced) {
  const auto [method, synapses] = GetParam();
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), synapses, "synapses");
  setup[0].input("rate").common.mean = 5;
  setup.method = method;
  setup.precision = Precision::float64;
  setup.backend = Backend::cpu;
  const auto network = make_network(setup);
  network->advance_steps(100);
  // In the last element, from which the copies are made that fill up a register.
  write(*network, "synapses", "C", synapses - 1, std::numeric_limits<double>::quiet_NaN());
  const std::string text = text_of_fault(*network, 10);
  EXPECT_NE(text.find("synapses " + std::to_string(synapses - 1)), std::string::npos) << text;
  EXPECT_FALSE(text_of_fault(*network, 10).empty()) << "not a number is still not a number";

  begin_anew(*network, setup);
  EXPECT_EQ(text_of_fault(*network, 400), "");
  const auto fresh = make_network(setup);
  fresh->advance_steps(400);
  // By chosen steps: those of the fresh network began with another size.
  EXPECT_TRUE(all_close(all_states(*network), all_states(*fresh),
                        {.relative = is_adaptive(method) ? 1e-5 : 0, .absolute = is_adaptive(method) ? 1e-8 : 0}));
}

INSTANTIATE_TEST_SUITE_P(Methods, Faults,
                         testing::Combine(testing::ValuesIn(integrate::methods), testing::Values(1, 16, 21, 1500)));

TEST(Faults, OfAnEnsembleUnderTooLargeAStepEnd) {
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), 40, "synapses");
  setup[0].input("rate").common.mean = 50;
  setup[0].input("rate").factor.assign(40, 0);
  setup[0].input("rate").factor[37] = 1;
  setup.method = Method::euler;
  setup.dt = 0.01;
  setup.backend = Backend::cpu;
  const auto network = make_network(setup);
  EXPECT_NE(text_of_fault(*network, 1000).find("synapses 37"), std::string::npos);
  network->take_events();  // of the way there
  begin_anew(*network, setup);
  network->set_common(0, "rate", {});
  EXPECT_EQ(text_of_fault(*network, 1000), "");
  EXPECT_EQ(network->take_events().size(), 0U);
}

class FaultsOfNetworks : public testing::TestWithParam<Method> {
 protected:
  /// Neurons and synapses in a ring, astrocytes that nothing joins to them.
  static NetworkSetup setup() {
    NetworkSetup setup;
    setup.add(model<RateNeuron>(), 3, "neurons");
    setup.add(model<TripartiteSynapse, Gchi>(), 700, "synapses");
    setup.add(model<Astrocyte, LiRinzel>(), 700, "astrocytes");
    std::vector<Index> index(700);
    for (std::size_t i = 0; i < index.size(); ++i) index[i] = Index(i % 3);
    setup.gather(0, "nu", 1, "rate", index);
    setup.sum(1, "flow", 0, "drive", index, std::vector<double>(700, 0.01));
    setup.pair(2, "junctions", {{0, 1}});
    setup.method = GetParam();
    setup.precision = Precision::float64;
    setup.backend = Backend::cpu;
    return setup;
  }
};

TEST_P(FaultsOfNetworks, EndWhenTheNumbersAreReplaced) {
  const auto network = make_network(setup());
  network->advance_steps(20);
  write(*network, "synapses", "h", 650, std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(text_of_fault(*network, 5).empty());
  EXPECT_FALSE(text_of_fault(*network, 5).empty());
  begin_anew(*network, setup());
  EXPECT_EQ(text_of_fault(*network, 100), "");
  const auto fresh = make_network(setup());
  fresh->advance_steps(100);
  EXPECT_TRUE(all_close(values_of(*network, "neurons", "nu"), values_of(*fresh, "neurons", "nu"),
                        {.relative = is_adaptive(GetParam()) ? 1e-2 : 0}));
}

INSTANTIATE_TEST_SUITE_P(Methods, FaultsOfNetworks,
                         testing::Values(Method::exponential_euler, Method::exponential_midpoint, Method::euler,
                                         Method::rk4, Method::dormand_prince));

TEST(FaultsOfNetwork, InTwoPopulationsNameOneElementThatIsThere) {
  // Synapse 5 fails in its ninth state, astrocyte 3 in its first: the first population that fails is named.
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), 10, "synapses");
  setup.add(model<Astrocyte, LiRinzel>(), 10, "astrocytes");
  setup.pair(1, "junctions", {{0, 1}});
  setup.method = Method::euler;
  setup.backend = Backend::cpu;
  const auto network = make_network(setup);
  write(*network, "synapses", "G_A", 5, std::numeric_limits<double>::quiet_NaN());
  write(*network, "astrocytes", "I", 3, std::numeric_limits<double>::quiet_NaN());
  const std::string text = text_of_fault(*network, 1);
  EXPECT_NE(text.find("synapses 5"), std::string::npos) << text;
  EXPECT_EQ(text.find("astrocytes"), std::string::npos) << text;
}

TEST(Events, OfAllElementsInOneStepAreNoFault) {
  // As many as fit into a tile, step by step.
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), 1100, "synapses");
  setup[0].start("C", 0.4999).start("I", 1.0).start("h", 0.9);
  setup.method = Method::rk4;
  setup.backend = Backend::cpu;
  const auto network = make_network(setup);
  for (int step = 0; step < 5; ++step) EXPECT_EQ(text_of_fault(*network, 1), "");
  EXPECT_EQ(network->take_events().size(), 1100U);
}

TEST(Events, BeforeAFaultAreKept) {
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), 5, "synapses");
  setup[0].start("C", 0.4999).start("I", 1.0).start("h", 0.9);
  setup.backend = Backend::cpu;
  const auto network = make_network(setup);
  network->advance_steps(10);
  write(*network, "synapses", "x", 4, std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(text_of_fault(*network, 10).empty());
  EXPECT_EQ(network->take_events().size(), 5U);
}

}  // namespace
}  // namespace tripartite
