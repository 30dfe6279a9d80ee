// The CUDA backend of networks beside the CPU's, every method, coupling and kind of part. Both are held to solutions by
// other programs in tests/verify; here it is about what only a device can get wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <tuple>

#include "network/networks_of_parts.hpp"
#include "support/close.hpp"
#include "tripartite/error.hpp"
#include "tripartite/neuron/spike_filter.hpp"

namespace tripartite {
namespace {

using integrate::Method;

constexpr std::size_t neurons = 0, bare = 1, synapses = 2, astrocytes = 3;  // populations

constexpr Parts bare_only{"bare", 13, 45, 0, 0, false, false};
constexpr Parts without_somata{"without_somata", 7, 0, 150, 0, false, false};
constexpr Parts with_somata{"with_somata", 13, 40, 141, 5, true, false};
constexpr Parts varied{"varied", 13, 20, 133, 5, true, true};
constexpr Parts ring{"ring", 1, 0, 0, 19, false, false};

struct Clocks {
  int substeps, slow_every;
};

std::unique_ptr<Network> made(NetworkSetup setup, Backend backend, Precision precision) {
  setup.backend = backend;
  setup.precision = precision;
  return make_network(std::move(setup));
}

template <class Real>
constexpr Precision precision_of = sizeof(Real) == 8 ? Precision::float64 : Precision::float32;

/// Calls of odd and even numbers of steps, within and across what the device does between two looks of the host, under
/// inputs that change.
void advance(Network& network) {
  network.advance_steps(1);
  network.set_common(neurons, "drive", {1.5, 0.7, 40, 0.2});
  network.set_common(synapses, "bias", {0.4, 0.2, 11, 0.3});
  network.advance_steps(37);
  network.set_common(neurons, "drive", {0.5, 0, 0, 0});
  const std::vector<double> base(network.fields()[network.field("astrocytes", "I")].size, 0.3);
  if (!base.empty()) network.set_base(astrocytes, "source_ip3", base);
  network.advance_steps(2);
}

void expect_same_events(const std::vector<Event>& got, const std::vector<Event>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(got[i].time, expected[i].time);
    EXPECT_EQ(got[i].population, expected[i].population);
    EXPECT_EQ(got[i].index, expected[i].index);
  }
}

void skip_without_cuda() {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
}

class CudaNetwork : public testing::TestWithParam<std::tuple<Parts, Method, Coupling, Clocks>> {
 protected:
  void SetUp() override { skip_without_cuda(); }

  template <class Real>
  void expect_agreement(double tolerance) {
    const auto& [parts, method, coupling, clocks] = GetParam();
    NetworkSetup setup = network_of(parts);
    setup.method = method;
    setup.coupling = coupling;
    setup.substeps = clocks.substeps;
    setup.slow_every = clocks.slow_every;
    setup[synapses].set("exogenous_ip3", parts.is_varied ? "true" : "false");
    setup[synapses].set("flux", parts.is_varied ? "published" : "smooth");
    const auto host = made(setup, Backend::cpu, precision_of<Real>);
    const auto device = made(setup, Backend::cuda, precision_of<Real>);
    advance(*host);
    advance(*device);
    EXPECT_EQ(device->steps(), host->steps());
    const auto expected = everything<Real>(*host), got = everything<Real>(*device);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(got[i].first, expected[i].first);
      // Sums of terms of both signs are as exact as the largest of them.
      double scale = 1e-2;
      if (!host->fields()[i].is_state)
        for (const Real value : expected[i].second) scale = std::max(scale, std::abs(double(value)));
      EXPECT_TRUE(all_close(got[i].second, expected[i].second, {.relative = tolerance, .absolute = scale * tolerance}))
          << expected[i].first;
    }
    const auto wanted = host->take_events();
    EXPECT_GE(wanted.size(), parts.synapses / 2);
    expect_same_events(device->take_events(), wanted);
  }
};

// Rounding of e^x, of fused products and of sums in another order, over 40 steps.
TEST_P(CudaNetwork, AgreesWithTheCpuInFloat32) { expect_agreement<float>(1e-5); }
TEST_P(CudaNetwork, AgreesWithTheCpuInFloat64) { expect_agreement<double>(5e-14); }

INSTANTIATE_TEST_SUITE_P(Parts, CudaNetwork,
                         testing::Combine(testing::Values(bare_only, without_somata, with_somata, varied, ring),
                                          testing::Values(Method::exponential_euler, Method::exponential_midpoint,
                                                          Method::euler, Method::rk4),
                                          testing::Values(Coupling::staged, Coupling::held),
                                          testing::Values(Clocks{1, 1}, Clocks{3, 1}, Clocks{2, 5}, Clocks{1, 35})));

/// Spikes at filters that drive neurons, in another order on the device than the user's, at synapses and at astrocytes.
NetworkSetup network_with_spikes(Method method, Clocks clocks) {
  NetworkSetup setup = network_of(with_somata);
  constexpr std::size_t filters = 77;
  const auto inputs = setup.add(model<SpikeFilter>(), filters, "inputs");
  std::vector<Index> target;
  std::vector<double> weight;
  for (std::size_t k = 0; k < filters; ++k) {
    target.push_back(ragged(k + 5, with_somata.neurons));
    weight.push_back(k % 4 == 0 ? -0.1 : 0.05 + 0.001 * double(k));
  }
  setup.sum(inputs, "s", neurons, "drive", target, weight);
  setup.method = method;
  setup.substeps = clocks.substeps;
  setup.slow_every = clocks.slow_every;
  const auto poisson = [&](double rate, std::uint64_t seed, std::vector<double> weights) {
    return std::make_shared<PoissonSpikes>(Schedule({{0, {rate, 0, 0, 0}}}), setup.dt, seed, 0, std::vector<double>(),
                                           std::move(weights));
  };
  setup[inputs].spikes = poisson(100, 3, {1, 0.5});
  setup[synapses].spikes = poisson(2, 4, {1});  // in few of the steps
  setup[astrocytes].spikes = poisson(5, 5, {100});
  return setup;
}

class CudaNetworkSpikes : public testing::TestWithParam<std::tuple<Method, Clocks>> {
 protected:
  void SetUp() override { skip_without_cuda(); }
};

TEST_P(CudaNetworkSpikes, ArriveAsOnTheCpu) {
  const auto& [method, clocks] = GetParam();
  const auto host = made(network_with_spikes(method, clocks), Backend::cpu, Precision::float64);
  const auto device = made(network_with_spikes(method, clocks), Backend::cuda, Precision::float64);
  advance(*host);
  advance(*device);
  const auto expected = everything<double>(*host), got = everything<double>(*device);
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    double scale = 1e-2;
    for (const double value : expected[i].second) scale = std::max(scale, std::abs(value));
    EXPECT_TRUE(all_close(got[i].second, expected[i].second, {.relative = 5e-14, .absolute = scale * 5e-14}))
        << expected[i].first;
  }
  const auto s = expected[host->field("inputs", "s")].second;
  EXPECT_GT(*std::max_element(s.begin(), s.end()), 50);
  expect_same_events(device->take_events(), host->take_events());
}

TEST_P(CudaNetworkSpikes, GoOnFromASavedStateHoweverTimeIsCut) {
  const auto& [method, clocks] = GetParam();
  const auto whole = made(network_with_spikes(method, clocks), Backend::cuda, Precision::float32);
  const auto half = made(network_with_spikes(method, clocks), Backend::cuda, Precision::float32);
  const auto other = made(network_with_spikes(method, clocks), Backend::cuda, Precision::float32);
  whole->advance_steps(40);
  half->advance_steps(19);
  std::stringstream saved;
  half->save(saved);
  other->load(saved);
  other->advance_steps(1);
  other->advance_steps(20);
  EXPECT_EQ(everything<float>(*other), everything<float>(*whole));
}

INSTANTIATE_TEST_SUITE_P(Methods, CudaNetworkSpikes,
                         testing::Combine(testing::Values(Method::exponential_euler, Method::exponential_midpoint,
                                                          Method::rk4),
                                          testing::Values(Clocks{1, 1}, Clocks{2, 5})));

class CudaNetworkGroups : public testing::Test {
 protected:
  void SetUp() override { skip_without_cuda(); }

  /// A neuron and an astrocyte have far more inputs and processes than one warp sums, `first` neurons stand before the
  /// others.
  static NetworkSetup crowded(std::size_t first, std::size_t crowd) {
    NetworkSetup setup = network_of(with_somata);
    const auto grow = [&](std::size_t population, std::size_t count) {
      const std::size_t before = setup[population].size;
      setup[population].size += count;
      for (Projection& projection : setup.projections) {
        if (projection.kind == ProjectionKind::gather && projection.target == population)
          for (std::size_t k = before; k < before + count; ++k)
            projection.index.push_back(projection.to == "rate" ? Index(k % 13) : 1);
        if (projection.kind == ProjectionKind::sum && projection.source == population)
          for (std::size_t k = before; k < before + count; ++k) {
            projection.index.push_back(2);
            projection.weight.push_back(0.002 * std::sin(double(k)));
          }
        if (projection.kind == ProjectionKind::mean && projection.source == population)
          projection.index.insert(projection.index.end(), count, 1);
      }
    };
    grow(synapses, crowd);
    grow(bare, crowd);
    PopulationSetup& cells = setup[neurons];
    const auto states = cells.model->description.states;
    cells.size += first;
    auto& rate = cells.initial_values[std::size_t(state_place(cells.model->description, "nu"))];
    rate.insert(rate.begin(), first, 7.0);
    auto& input = cells.input("drive").base;
    input.insert(input.begin(), first, 5.0);
    for (Projection& projection : setup.projections) {
      const bool reads = projection.source == neurons, sums = projection.target == neurons;
      if (reads || sums)
        for (Index& index : projection.index) index += Index(first);
    }
    return setup;
  }
};

TEST_F(CudaNetworkGroups, OfThousandsAreSummed) {
  // One chunk, several by one warp, and more than one warp adds up.
  for (const std::size_t crowd : {900, 2600, 20000}) {
    const auto host = made(crowded(0, crowd), Backend::cpu, Precision::float64);
    const auto device = made(crowded(0, crowd), Backend::cuda, Precision::float64);
    host->advance_steps(3);
    device->advance_steps(3);
    const auto expected = everything<double>(*host), got = everything<double>(*device);
    for (std::size_t i = 0; i < expected.size(); ++i)  // the sums alone are in another order
      EXPECT_TRUE(all_close(got[i].second, expected[i].second, {.relative = 1e-13, .absolute = 1e-15}))
          << expected[i].first << " with " << crowd;
  }
}

TEST_F(CudaNetworkGroups, AreSummedAlikeWhateverElseThereIs) {
  const auto run = [](std::size_t first, const std::vector<int>& calls) {
    const auto network = made(crowded(first, 2600), Backend::cuda, Precision::float32);
    for (const int steps : calls) network->advance_steps(steps);
    auto all = everything<float>(*network);
    for (auto& [name, values] : all)
      if (name.rfind("neurons.", 0) == 0) values.erase(values.begin(), values.begin() + std::ptrdiff_t(first));
    return all;
  };
  const auto expected = run(0, {7});
  EXPECT_EQ(run(0, {7}), expected);
  EXPECT_EQ(run(0, {1, 1, 2, 3}), expected);
  EXPECT_EQ(run(37, {7}), expected);
}

TEST_F(CudaNetworkGroups, LoseNoEventWhenAllCrossAtOnce) {
  constexpr std::size_t many = 20011;
  NetworkSetup setup = network_of({"many", 7, 0, many, 0, false, false});
  setup[synapses].start("C", 0.20999);
  const auto network = made(setup, Backend::cuda, Precision::float32);
  network->advance_steps(1);
  const auto events = network->take_events();
  ASSERT_EQ(events.size(), many);
  for (std::size_t k = 0; k < many; ++k) EXPECT_EQ(events[k].index, k);
  EXPECT_TRUE(network->take_events().empty());
}

/// What the network says when it stops, up to the value, and what it had done by then.
std::string stopping(Network& network) {
  try {
    network.advance_steps(300);
  } catch (const NumericsError& e) {
    const std::string text = e.what();
    return text.substr(0, text.find(" = ", text.find(" s:"))) + " after " + std::to_string(network.steps()) + ", " +
           std::to_string(network.take_events().size()) + " events";
  }
  return "nothing";
}

TEST_F(CudaNetworkGroups, SayWhatLeftItsDomainAsTheCpuDoes) {
  const auto expect_alike = [](const NetworkSetup& setup, const std::string& kind) {
    const auto host = made(setup, Backend::cpu, Precision::float64);
    const auto device = made(setup, Backend::cuda, Precision::float64);
    const std::string expected = stopping(*host);
    EXPECT_EQ(expected.rfind(kind, 0), 0U) << expected;
    EXPECT_EQ(stopping(*device), expected);
    EXPECT_EQ(stopping(*device), stopping(*host)) << "when it goes on";
  };
  NetworkSetup setup = network_of(varied);
  setup.method = Method::euler;
  setup.dt = 0.0625;  // too long for glutamate
  setup[neurons].set("tau", 1);
  expect_alike(setup, "synapses ");
  setup.slow_every = 3;
  expect_alike(setup, "synapses ");
  setup = network_of(with_somata);
  setup[neurons].input("drive").base[9] = std::nan("");
  expect_alike(setup, "neurons 9 ");
  setup = network_of(bare_only);
  setup.method = Method::euler;
  setup.dt = 0.25;
  setup[neurons].set("tau", 1);
  expect_alike(setup, "bare ");
  setup = network_of(ring);
  setup[astrocytes].input("source_ip3").base[11] = std::nan("");
  expect_alike(setup, "astrocytes 11 ");
}

TEST_F(CudaNetworkGroups, GoOnAfterAFault) {
  NetworkSetup setup = network_of(with_somata);
  const auto network = made(setup, Backend::cuda, Precision::float64);
  const std::size_t field = network->field("synapses", "C");
  const double bad = std::nan(""), good = 0.2;
  network->advance_steps(3);
  network->write(field, 140, std::span(&bad, 1));
  EXPECT_THROW(network->advance_steps(40), NumericsError);
  EXPECT_EQ(network->steps(), 4);
  for (std::size_t f = 0; f < network->fields().size(); ++f)
    if (network->fields()[f].is_state) {
      std::vector<double> values(network->fields()[f].size, good);
      network->write(f, 0, std::span<const double>(values));
    }
  EXPECT_NO_THROW(network->advance_steps(40));
  EXPECT_EQ(network->steps(), 44);
}

TEST_F(CudaNetworkGroups, AreReadAndWrittenInTheOrderOfTheUser) {
  const auto network = made(crowded(0, 2600), Backend::cuda, Precision::float64);
  const std::size_t field = network->field("synapses", "x");
  const std::size_t size = network->fields()[field].size;
  network->advance_steps(3);
  std::vector<double> all(size);
  network->read(field, 0, std::span(all));
  const std::vector<std::uint64_t> which = {1440, 3, 3, 700, size - 1};
  std::vector<double> some(which.size());
  network->gather(field, which, std::span(some));
  double sum = 0;
  for (const double value : all) sum += value;
  EXPECT_NEAR(network->mean(field), sum / double(size), 1e-14);
  for (std::size_t k = 0; k < which.size(); ++k) EXPECT_EQ(some[k], all[which[k]]);
  std::vector<double> part(17);
  network->read(field, 1000, std::span(part));
  for (std::size_t k = 0; k < part.size(); ++k) EXPECT_EQ(part[k], all[1000 + k]);
  for (std::size_t k = 0; k < part.size(); ++k) all[1000 + k] = part[k] = 0.01 * double(k);
  network->write(field, 1000, std::span<const double>(part));
  std::vector<double> written(size);
  network->read(field, 0, std::span(written));
  EXPECT_EQ(written, all);
  EXPECT_THROW(network->read(field, size, std::span(part)), std::out_of_range);
  EXPECT_THROW(network->gather(field, std::vector<std::uint64_t>{size}, std::span(part)), std::out_of_range);
  EXPECT_THROW(network->write(network->field("neurons", "drive"), 0, std::span<const double>(part)), ConfigError);
}

TEST_F(CudaNetworkGroups, ScaleTheCommonSignalOfASumByTheFactorOfTheElement) {
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), 4, "neurons");
  setup.add(model<TripartiteSynapse, Gchi>(), 3, "synapses");
  setup[0].start("nu", std::vector<double>{1, 2, 3, 4});
  setup[1].input("rate").common.mean = 10;
  setup[1].input("rate").factor = {0, 0.5, 2};
  setup.sum(0, "nu", 1, "rate", {0, 1, 1, 2}, {1, 2, 3, 4});
  const auto network = made(setup, Backend::cuda, Precision::float64);
  network->advance_steps(1);
  std::vector<double> rate(3);
  network->read(network->field("synapses", "rate"), 0, std::span<double>(rate));
  EXPECT_EQ(rate, (std::vector<double>{1, 2 * 2 + 3 * 3 + 5, 4 * 4 + 20}));
}

/// Runs `steps`, hands the state to a network on another backend, and compares what both do next.
TEST_F(CudaNetworkGroups, MoveBetweenBackends) {
  for (const int slow_every : {1, 5}) {
    NetworkSetup setup = network_of(varied);
    setup.method = Method::rk4;
    setup.slow_every = slow_every;
    const auto first = made(setup, Backend::cuda, Precision::float64);
    first->set_common(neurons, "drive", {0.3, 0, 0, 0});
    first->advance_steps(23);
    std::stringstream saved, again;
    first->save(saved);
    const auto second = made(setup, Backend::cuda, Precision::float64);
    const auto host = made(setup, Backend::cpu, Precision::float64);
    second->load(saved);
    second->save(again);
    EXPECT_EQ(again.str(), saved.str());
    saved.seekg(0);
    host->load(saved);
    for (auto* network : {first.get(), second.get(), host.get()}) network->advance_steps(19);
    const auto wanted = everything<double>(*first), expected = everything<double>(*host);
    EXPECT_EQ(everything<double>(*second), wanted);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_TRUE(all_close(wanted[i].second, expected[i].second, {.relative = 5e-14, .absolute = 5e-16}))
          << wanted[i].first;
    expect_same_events(second->take_events(), first->take_events());
    std::stringstream from_host;
    host->save(from_host);
    second->load(from_host);
    EXPECT_EQ(everything<double>(*second), expected);
    std::stringstream damaged(from_host.str().substr(0, from_host.str().size() - 200));
    EXPECT_THROW(second->load(damaged), FileError);
    EXPECT_EQ(everything<double>(*second), expected);
  }
}

/// Gathering in a circle: copies of states must be taken before anything moves.
TEST_F(CudaNetworkGroups, MayGatherInACircle) {
  for (const Coupling coupling : {Coupling::staged, Coupling::held})
    for (const Method method : {Method::exponential_euler, Method::rk4}) {
      NetworkSetup setup;
      std::vector<double> start;
      std::vector<Index> next, previous;
      for (std::size_t i = 0; i < 41; ++i) {
        start.push_back(double(i % 23));
        next.push_back(Index((i + 1) % 41));
        previous.push_back(Index((i + 40) % 41));
      }
      for (const char* name : {"a", "b"}) setup[setup.add(model<RateNeuron>(), 41, name)].start("nu", start);
      setup.gather(0, "nu", 1, "drive", next);
      setup.gather(1, "nu", 0, "drive", previous);
      setup.method = method;
      setup.coupling = coupling;
      const auto host = made(setup, Backend::cpu, Precision::float64);
      const auto device = made(setup, Backend::cuda, Precision::float64);
      host->advance_steps(40);
      device->advance_steps(40);
      for (std::size_t f = 0; f < 2; ++f)
        EXPECT_TRUE(
            all_close(everything<double>(*device)[f].second, everything<double>(*host)[f].second, {.relative = 1e-13}));
    }
}

TEST(DeviceNetworkMethod, IsOneOfFixedSteps) {
  NetworkSetup setup = network_of(ring);
  setup.method = Method::dormand_prince;
  setup.backend = Backend::cuda;
  EXPECT_THROW(make_network(setup), ConfigError);
  setup.backend = Backend::automatic;
  EXPECT_EQ(network_backend(setup.backend, setup.method, !setup.projections.empty()), Backend::cpu);
}

}  // namespace
}  // namespace tripartite
