// Networks on a device whose populations and groups are larger than what a warp, a block or a copy takes at once.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "support/close.hpp"
#include "support/values.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/bare_synapse.hpp"

namespace tripartite {
namespace {

class CudaNetworkSizes : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  }
  std::vector<double> drawn(std::size_t count, double low, double high) {
    std::vector<double> values(count);
    for (double& value : values) value = std::uniform_real_distribution<double>(low, high)(random_);
    return values;
  }
  /// Synapses that one neuron hears, but for a few of the other neuron.
  NetworkSetup crowd(std::size_t synapses) {
    NetworkSetup setup;
    setup.add(model<RateNeuron>(), 2, "neurons");
    setup.add(model<BareSynapse>(), synapses, "synapses");
    setup[0].start("nu", std::vector<double>{2, 3});
    resources_ = drawn(synapses, 0.1, 1);
    setup[1].start("x", resources_);
    std::vector<Index> from, to;
    for (std::size_t i = 0; i < synapses; ++i) {
      from.push_back(Index(random_() % 2));
      to.push_back(i % 1000 == 1 ? 0 : 1);
    }
    setup.gather(0, "nu", 1, "rate", from);
    setup.sum(1, "flow", 0, "drive", to, drawn(synapses, 0.5, 1.5));
    setup.precision = Precision::float64;
    setup.backend = Backend::cuda;
    return setup;
  }

  std::mt19937_64 random_{17};
  std::vector<double> resources_;  // x of the crowd
};

TEST_F(CudaNetworkSizes, SumsAreThoseOfAllInputs) {
  // Sums of 1024 inputs by a warp each, of which a warp adds up 32 at once.
  for (const std::size_t synapses : {17'000, 33'500, 70'001}) {
    const NetworkSetup setup = crowd(synapses);
    std::vector<double> expected(2);
    for (std::size_t i = 0; i < synapses; ++i)
      expected[setup.projections[1].index[i]] +=
          setup.projections[1].weight[i] * 0.6 * resources_[i] * (setup.projections[0].index[i] == 0 ? 2 : 3);
    const auto network = make_network(setup);
    network->advance_steps(1);
    EXPECT_TRUE(all_close(values_of(*network, "neurons", "drive"), expected, {.relative = 1e-12})) << synapses;
  }
}

TEST_F(CudaNetworkSizes, MeansAreThoseOfAllMembers) {
  constexpr std::size_t members = 34'000;
  NetworkSetup setup;
  setup.add(model<Astrocyte, LiRinzel>(), members, "processes");
  setup.add(model<Astrocyte, LiRinzel>(), 3, "somata");
  const std::vector<double> ip3 = drawn(members, 0.1, 2);
  setup[0].start("I", ip3);
  std::vector<Index> soma(members, 2);
  soma[5] = 0;
  setup.mean(0, "I", 1, "process_ip3", soma);
  setup.precision = Precision::float64;
  setup.backend = Backend::cuda;
  const auto network = make_network(setup);
  double sum = 0;
  for (const double value : ip3) sum += value;
  EXPECT_NEAR(network->mean(network->field("processes", "I")), sum / double(members), 1e-12);
  network->advance_steps(1);
  const std::vector<double> expected{ip3[5], 0, (sum - ip3[5]) / double(members - 1)};
  EXPECT_TRUE(all_close(values_of(*network, "somata", "process_ip3"), expected, {.relative = 1e-12}));
}

TEST_F(CudaNetworkSizes, JunctionsAndInputsAreThoseOfAllElements) {
  constexpr std::size_t cells = 300;
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), cells, "neurons");
  setup.add(model<Astrocyte, LiRinzel>(), cells, "astrocytes");
  setup[0].start("nu", drawn(cells, 1, 9)).input("drive").base = drawn(cells, 5, 15);
  setup[1].start("I", drawn(cells, 0.1, 2)).set("exogenous_ip3", "true").input("source_ip3").base =
      drawn(cells, 0.1, 2);
  std::vector<std::pair<Index, Index>> pairs;
  for (std::size_t i = 1; i < cells; ++i) pairs.emplace_back(Index(i), Index(random_() % i));
  setup.pair(1, "junctions", pairs);
  setup.precision = Precision::float64;
  NetworkSetup on_host = setup;
  setup.backend = Backend::cuda;
  on_host.backend = Backend::cpu;
  const auto network = make_network(setup), host = make_network(on_host);
  network->advance_steps(4);
  host->advance_steps(4);
  EXPECT_TRUE(all_close(all_states(*network), all_states(*host), {.relative = 1e-13}));
  EXPECT_TRUE(all_close(values_of(*network, "astrocytes", "junctions"), values_of(*host, "astrocytes", "junctions"),
                        {.relative = 1e-12, .absolute = 1e-14}));
}

TEST_F(CudaNetworkSizes, AreReadAndWrittenWhole) {
  constexpr std::size_t synapses = (std::size_t(1) << 20) + 777;  // more than one copy moves
  NetworkSetup setup = crowd(synapses);
  const auto network = make_network(std::move(setup));
  const std::size_t x = network->field("synapses", "x");
  std::vector<double> values(synapses);
  network->read(x, 0, std::span(values));
  EXPECT_EQ(values, resources_);
  double sum = 0;
  for (const double value : values) sum += value;
  EXPECT_NEAR(network->mean(x), sum / double(synapses), 1e-12);
  std::vector<std::uint64_t> which;
  for (std::size_t i = 0; i < synapses; ++i) which.push_back((i * 7919) % synapses);
  network->gather(x, which, std::span(values));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < synapses; ++i) wrong += values[i] == resources_[which[i]] ? 0 : 1;
  EXPECT_EQ(wrong, 0U);
  const std::vector<double> others = drawn(synapses, 0.1, 1);
  network->write(x, 0, std::span<const double>(others));
  network->read(x, 0, std::span(values));
  EXPECT_EQ(values, others);
}

}  // namespace
}  // namespace tripartite
