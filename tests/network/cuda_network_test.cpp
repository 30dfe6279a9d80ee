// The CUDA backend of networks beside the CPU's, every solver, coupling and kind of part. Both are held to solutions by
// other programs in tests/verify; here it is about what only a device can get wrong.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <tuple>

#include "support/close.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/connectivity.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::network {
namespace {

using synapse::Solver;

/// Parts of a network, each of a size that is no multiple of a warp.
struct Parts {
  const char* name;
  std::size_t neurons, bare, tripartite, astrocytes;
  bool has_somata, is_varied;
};
void PrintTo(const Parts& parts, std::ostream* out) { *out << parts.name; }

constexpr Parts bare_only{"bare", 13, 45, 0, 0, false, false};
constexpr Parts without_somata{"without_somata", 7, 0, 150, 0, false, false};
constexpr Parts with_somata{"with_somata", 13, 40, 141, 5, true, false};
constexpr Parts varied{"varied", 13, 20, 133, 5, true, true};
constexpr Parts ring{"ring", 0, 0, 0, 19, false, false};

struct Clocks {
  int substeps, calcium_every;
};

/// Some neurons have many inputs and some none, likewise astrocytes and processes.
Index ragged(std::size_t k, std::size_t count) { return Index((k * k % 101 * k % 89) % count * (k % 3 > 0 ? 1 : 0)); }

NetworkSetup setup_of(const Parts& parts) {
  NetworkSetup setup;
  for (std::size_t i = 0; i < parts.neurons; ++i) {
    setup.initial_rate.push_back(2 + 0.3 * double(i));
    setup.input.push_back(6 + 0.2 * double(i % 7));
  }
  const auto connect = [&](Connections& kind, std::size_t count, std::size_t first) {
    for (std::size_t k = 0; k < count; ++k) {
      kind.pre.push_back(Index((first + 5 * k + k / 7) % parts.neurons));
      kind.post.push_back(ragged(first + k, parts.neurons));
      kind.efficacy.push_back(k % 5 == 0 ? -0.4 : 0.2 + 0.01 * double(k % 11));
    }
  };
  connect(setup.bare, parts.bare, 3);
  connect(setup.tripartite, parts.tripartite, 11);
  for (int i = 0; i < synapse::state_count; ++i) setup.initial[i] = synapse::state_infos[i].initial;
  setup.initial[synapse::ip3] = 0.6;
  setup.initial[synapse::calcium] = 0.2;
  setup.parameters.C_Theta = 0.21;  // soon crossed
  if (parts.is_varied) {
    setup.varied = {{synapse::index_O_delta, {}}, {synapse::index_C_Theta, {}}};
    for (std::size_t k = 0; k < parts.tripartite; ++k) {
      setup.varied[0].values.push_back(0.5 + 0.01 * double(k % 37));
      setup.varied[1].values.push_back(0.202 + 0.0005 * double(k % 53));
    }
  }
  setup.astrocytes = parts.astrocytes;
  if (parts.astrocytes > 0) {
    setup.gap_junctions = ring_junctions(parts.astrocytes);
    setup.gap_junctions.push_back({0, 2});
    setup.soma_bias.assign(parts.astrocytes, 0.1);
    setup.soma_bias[parts.astrocytes / 2] = 1.5;
    setup.soma_initial[astrocyte::soma_ip3] = 0.2;
  }
  if (parts.has_somata)
    for (std::size_t k = 0; k < parts.tripartite; ++k) setup.astrocyte.push_back(ragged(k, parts.astrocytes - 1));
  setup.options.soma = parts.has_somata;
  return setup;
}

template <class Real>
std::vector<std::pair<std::string, std::vector<Real>>> everything(const Network<Real>& network) {
  std::vector<std::pair<std::string, std::vector<Real>>> all;
  const auto add = [&](std::string name, std::span<const Real> values) {
    all.emplace_back(std::move(name), std::vector<Real>(values.begin(), values.end()));
  };
  add("nu", network.rates());
  add("bare u", network.bare_utilisation());
  add("bare x", network.bare_resources());
  for (int i = 0; i < synapse::state_count; ++i)
    add(synapse::state_infos[i].name, network.synapses(synapse::StateIndex(i)));
  for (int i = 0; i < astrocyte::soma_states; ++i)
    add(astrocyte::soma_infos[i].name, network.somata(astrocyte::SomaState(i)));
  add("junction currents", network.junction_currents());
  return all;
}

/// Calls of odd and even numbers of steps, within and across what the device does between two looks of the host.
template <class Real>
void advance(Network<Real>& network) {
  network.advance(1, {});
  network.advance(37, {1.5, 3, true});
  network.advance(2, {0.5, 0, false});
}

class CudaNetwork : public testing::TestWithParam<std::tuple<Parts, Solver, Coupling, Clocks>> {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  }

  template <class Real>
  void expect_agreement(double tolerance) {
    const auto& [parts, solver, coupling, clocks] = GetParam();
    NetworkSetup setup = setup_of(parts);
    setup.solver = solver;
    setup.coupling = coupling;
    setup.substeps = clocks.substeps;
    setup.calcium_every = clocks.calcium_every;
    const auto host = make_network<Real>(Backend::cpu, setup);
    const auto device = make_network<Real>(Backend::cuda, setup);
    advance(*host);
    advance(*device);
    EXPECT_EQ(device->steps(), host->steps());
    const auto expected = everything(*host), got = everything(*device);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(all_close(got[i].second, expected[i].second, {.relative = tolerance, .absolute = 1e-2 * tolerance}))
          << expected[i].first;
    const auto wanted = host->take_releases(), released = device->take_releases();
    EXPECT_GE(wanted.size(), parts.tripartite / 2);
    ASSERT_EQ(released.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_EQ(released[i].time, wanted[i].time);
      EXPECT_EQ(released[i].synapse, wanted[i].synapse);
    }
  }
};

// Rounding of e^x, of fused products and of sums in another order, over 40 steps. Seen: 2.5e-6 and 4.4e-15.
TEST_P(CudaNetwork, AgreesWithTheCpuInFloat32) { expect_agreement<float>(1e-5); }
TEST_P(CudaNetwork, AgreesWithTheCpuInFloat64) { expect_agreement<double>(5e-14); }

INSTANTIATE_TEST_SUITE_P(Parts, CudaNetwork,
                         testing::Combine(testing::Values(bare_only, without_somata, with_somata, varied, ring),
                                          testing::Values(Solver::exponential_euler, Solver::euler, Solver::rk4),
                                          testing::Values(Coupling::staged, Coupling::held),
                                          testing::Values(Clocks{1, 1}, Clocks{3, 1}, Clocks{2, 5})));

class CudaNetworkGroups : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  }

  /// Neuron `first` and astrocyte 1 have far more inputs and processes than a chunk of a sum has members.
  static NetworkSetup crowded(std::size_t first) {
    NetworkSetup setup = setup_of(with_somata);
    for (std::size_t k = 0; k < 2600; ++k) {
      Connections& kind = k % 2 == 0 ? setup.tripartite : setup.bare;
      kind.pre.push_back(Index(k % 13));
      kind.post.push_back(2);
      kind.efficacy.push_back(0.002 * std::sin(double(k)));
      if (k % 2 == 0) setup.astrocyte.push_back(1);
    }
    // Neurons before the others, with inputs of their own.
    for (Connections* kind : {&setup.bare, &setup.tripartite})
      for (std::size_t k = 0; k < kind->size(); ++k) {
        kind->pre[k] += Index(first);
        kind->post[k] += Index(first);
      }
    for (std::size_t i = 0; i < first; ++i) {
      setup.initial_rate.insert(setup.initial_rate.begin(), 7.0);
      setup.input.insert(setup.input.begin(), 5.0);
      setup.bare.pre.push_back(Index(i));
      setup.bare.post.push_back(Index((i * i) % first));
      setup.bare.efficacy.push_back(0.3);
    }
    return setup;
  }
};

TEST_F(CudaNetworkGroups, OfThousandsAreSummed) {
  NetworkSetup setup = crowded(0);
  const auto host = make_network<double>(Backend::cpu, setup);
  const auto device = make_network<double>(Backend::cuda, setup);
  host->advance(5, {});
  device->advance(5, {});
  // The sums alone are in another order.
  EXPECT_TRUE(all_close(device->rates(), host->rates(), {.relative = 1e-13}));
  EXPECT_TRUE(all_close(device->somata(astrocyte::soma_ip3), host->somata(astrocyte::soma_ip3), {.relative = 1e-13}));
}

TEST_F(CudaNetworkGroups, AreSummedAlikeWhateverElseThereIs) {
  const auto run = [](std::size_t first, const std::vector<int>& calls) {
    const auto network = make_network<float>(Backend::cuda, crowded(first));
    for (const int steps : calls) network->advance(steps, {});
    auto all = everything(*network);
    auto& rates = all.front().second;
    rates.erase(rates.begin(), rates.begin() + std::ptrdiff_t(first));
    for (std::size_t bare = 1; bare < 3; ++bare) all[bare].second.resize(all[bare].second.size() - first);
    return all;
  };
  const auto expected = run(0, {7});
  EXPECT_EQ(run(0, {7}), expected);
  EXPECT_EQ(run(0, {1, 1, 2, 3}), expected);
  EXPECT_EQ(run(37, {7}), expected);
}

TEST_F(CudaNetworkGroups, LoseNoReleaseWhenAllFireAtOnce) {
  constexpr std::size_t synapses = 20011;
  NetworkSetup setup = setup_of(without_somata);
  setup.tripartite = {std::vector<Index>(synapses, 0), {}, std::vector<double>(synapses, 1e-5)};
  for (std::size_t k = 0; k < synapses; ++k) setup.tripartite.post.push_back(Index(k % 7));
  setup.initial[synapse::calcium] = 0.20999;
  const auto network = make_network<float>(Backend::cuda, setup);
  network->advance(1, {});
  const auto releases = network->take_releases();
  ASSERT_EQ(releases.size(), synapses);
  for (std::size_t k = 0; k < synapses; ++k) EXPECT_EQ(releases[k].synapse, k);
  EXPECT_TRUE(network->take_releases().empty());
}

/// What the network says when it stops, up to the value, and what it had done by then.
template <class Real>
std::string stopping(Network<Real>& network) {
  try {
    network.advance(300, {});
  } catch (const NumericsError& e) {
    const std::string text = e.what();
    return text.substr(0, text.find(" = ", text.find(" s:"))) + " after " + std::to_string(network.steps()) + ", " +
           std::to_string(network.take_releases().size()) + " releases";
  }
  return "nothing";
}

TEST_F(CudaNetworkGroups, SayWhatLeftItsDomainAsTheCpuDoes) {
  const auto expect_alike = [](const NetworkSetup& setup, const std::string& kind) {
    const auto host = make_network<double>(Backend::cpu, setup);
    const auto device = make_network<double>(Backend::cuda, setup);
    const std::string expected = stopping(*host);
    EXPECT_EQ(expected.rfind(kind, 0), 0U) << expected;
    EXPECT_EQ(stopping(*device), expected);
    EXPECT_EQ(stopping(*device), stopping(*host)) << "when it goes on";
  };
  NetworkSetup setup = setup_of(varied);
  setup.solver = Solver::euler;
  setup.dt = 0.0625;  // too long for glutamate
  setup.neuron.tau = 1;
  expect_alike(setup, "synapse");
  setup.calcium_every = 3;
  expect_alike(setup, "synapse");
  setup = setup_of(with_somata);
  setup.input[9] = std::nan("");
  expect_alike(setup, "neuron 9 ");
  setup = setup_of(bare_only);
  setup.solver = Solver::euler;
  setup.dt = 0.25;
  setup.neuron.tau = 1;
  expect_alike(setup, "bare synapse");
  setup = setup_of(ring);
  setup.soma_bias[11] = std::nan("");
  expect_alike(setup, "astrocyte 11 ");
}

TEST_F(CudaNetworkGroups, AreReadInPart) {
  const auto network = make_network<double>(Backend::cuda, crowded(0));
  const std::vector<std::uint64_t> which = {1440, 3, 3, 700};
  for (const int steps : {3, 2}) {
    network->advance(steps, {});
    std::vector<double> some(which.size());
    network->read(synapse::calcium, which, some);
    const double mean = network->mean(synapse::calcium);
    const auto all = network->synapses(synapse::calcium);
    double sum = 0;
    for (const double calcium : all) sum += calcium;
    EXPECT_NEAR(mean, sum / double(all.size()), 1e-14);
    for (std::size_t k = 0; k < which.size(); ++k) EXPECT_EQ(some[k], all[which[k]]);
    network->read(synapse::calcium, which, some);
    for (std::size_t k = 0; k < which.size(); ++k) EXPECT_EQ(some[k], all[which[k]]) << "when all are here";
  }
}

TEST(CudaNetworkSolver, IsOneOfFixedSteps) {
  NetworkSetup setup = setup_of(ring);
  setup.solver = Solver::dormand_prince;
  EXPECT_THROW(make_network<float>(Backend::cuda, setup), ConfigError);
  EXPECT_EQ(network_backend(Backend::automatic, setup.solver), Backend::cpu);
}

}  // namespace
}  // namespace tripartite::network
