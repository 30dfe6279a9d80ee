// Fields: what can be read and written, and sums that depend on their group alone.
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <stdexcept>
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

/// Synapses whose flow a few neurons add up.
NetworkSetup fan_in_setup(std::size_t synapses, std::size_t neurons, Method method) {
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), neurons, "neurons");
  setup.add(model<BareSynapse>(), synapses, "synapses");
  std::vector<Index> from(synapses), to(synapses);
  std::vector<double> weight(synapses), rate(neurons);
  std::mt19937_64 random(5);
  for (std::size_t i = 0; i < synapses; ++i) {
    from[i] = Index(random() % neurons);
    to[i] = Index(i % 7 == 0 ? random() % neurons : 0);  // most of them to one
    weight[i] = 1e-3 * std::uniform_real_distribution<double>(-1, 1.5)(random);
  }
  for (std::size_t i = 0; i < neurons; ++i) rate[i] = 2 + double(i);
  setup[0].start("nu", rate);
  setup[0].input("drive").common = {6, 2, 5, 0};
  setup.gather(0, "nu", 1, "rate", from);
  setup.sum(1, "flow", 0, "drive", to, weight);
  setup.method = method;
  setup.backend = Backend::cpu;
  return setup;
}

TEST(Fields, AreTheStatesOfAllPopulationsThenWhatTheySum) {
  const auto network = make_network(fan_in_setup(20, 3, Method::euler));
  std::vector<std::string> names;
  for (const Field& field : network->fields()) {
    names.push_back(field.population + "." + field.name);
    EXPECT_EQ(field.is_state, field.name != "drive") << names.back();
    EXPECT_EQ(field.size, field.population == "neurons" ? 3U : 20U) << names.back();
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"neurons.drive", "neurons.nu", "synapses.u", "synapses.x"}));
  EXPECT_EQ(network->fields()[network->field("neurons", "nu")].unit, "1/s");
}

TEST(Fields, ThatAreDerivedCannotBeWritten) {
  for (const Method method : {Method::euler, Method::rk4, Method::dormand_prince}) {
    const auto network = make_network(fan_in_setup(20, 3, method));
    network->advance_steps(3);
    const std::size_t drive = network->field("neurons", "drive");
    const std::vector<double> values(3, 1);
    const std::vector<float> values32(3, 1);
    const auto before = values_of(*network, "neurons", "drive");
    EXPECT_THROW(network->write(drive, 0, std::span<const double>(values)), ConfigError);
    EXPECT_THROW(network->write(drive, 0, std::span<const float>(values32)), ConfigError);
    EXPECT_EQ(values_of(*network, "neurons", "drive"), before);
  }
}

TEST(Fields, OutOfRangeAreRefused) {
  for (const Method method : {Method::euler, Method::dormand_prince}) {
    const auto network = make_network(fan_in_setup(20, 3, method));
    const std::size_t nu = network->field("neurons", "nu"), none = network->fields().size();
    std::vector<double> values(4, 1);
    std::vector<float> values32(4, 1);
    const std::span<double> four(values), three(values.data(), 3), one(values.data(), 1);
    const std::span<float> four32(values32);
    EXPECT_NO_THROW(network->read(nu, 0, three));
    EXPECT_NO_THROW(network->read(nu, 3, std::span<double>()));
    EXPECT_THROW(network->read(nu, 0, four), std::out_of_range);
    EXPECT_THROW(network->read(nu, 0, four32), std::out_of_range);
    EXPECT_THROW(network->read(nu, 1, three), std::out_of_range);
    EXPECT_THROW(network->read(nu, 3, one), std::out_of_range);
    EXPECT_THROW(network->read(nu, ~std::size_t(0), one), std::out_of_range);  // the sum of both is small
    EXPECT_THROW(network->read(none, 0, one), std::out_of_range);
    EXPECT_THROW(network->write(nu, 1, std::span<const double>(three)), std::out_of_range);
    EXPECT_THROW(network->write(nu, ~std::size_t(0), std::span<const double>(three)), std::out_of_range);
    EXPECT_THROW(network->write(none, 0, std::span<const double>(one)), std::out_of_range);
    EXPECT_THROW((void)network->mean(none), std::out_of_range);
    const std::uint64_t good[] = {2, 0}, bad[] = {0, 3};
    EXPECT_NO_THROW(network->gather(nu, good, std::span<double>(values.data(), 2)));
    EXPECT_THROW(network->gather(nu, bad, std::span<double>(values.data(), 2)), std::out_of_range);
    EXPECT_THROW(network->gather(none, good, std::span<double>(values.data(), 2)), std::out_of_range);
    EXPECT_EQ(values_of(*network, "neurons", "nu"), (std::vector<double>{2, 3, 4}));  // nothing was written
  }
}

TEST(Fields, ReadBackWhatWasWritten) {
  for (const Method method : {Method::euler, Method::rk4, Method::dormand_prince}) {
    const auto network = make_network(fan_in_setup(20, 3, method));
    network->advance_steps(5);
    const std::vector<double> values = {0.25, 0.5, 0.125};
    const std::size_t u = network->field("synapses", "u");
    auto expected = values_of(*network, "synapses", "u");
    network->write(u, 4, std::span<const double>(values));
    std::copy(values.begin(), values.end(), expected.begin() + 4);
    EXPECT_EQ(values_of(*network, "synapses", "u"), expected) << to_string(method);
    const std::uint64_t places[] = {6, 0, 4};
    std::vector<double> few(3);
    network->gather(u, places, std::span<double>(few));
    EXPECT_EQ(few, (std::vector<double>{0.125, expected[0], 0.25}));
    double mean = 0;
    for (const double value : expected) mean += value / 20;
    EXPECT_NEAR(network->mean(u), mean, 1e-12);
  }
}

TEST(Fields, ThatWereWrittenActFromThenOn) {
  for (const Method method : {Method::exponential_euler, Method::rk4, Method::dormand_prince}) {
    NetworkSetup setup = fan_in_setup(20, 3, method);
    setup.precision = Precision::float64;
    NetworkSetup begun = setup;
    begun[0].start("nu", std::vector<double>{30, 20, 10});
    const auto network = make_network(setup), other = make_network(begun);
    const std::vector<double> rates = {30, 20, 10};
    network->write(network->field("neurons", "nu"), 0, std::span<const double>(rates));
    network->advance_steps(50);
    other->advance_steps(50);
    EXPECT_EQ(all_states(*network), all_states(*other)) << to_string(method);
  }
}

// ---- sums

TEST(Sums, AreThoseOfTheirGroups) {
  NetworkSetup setup = fan_in_setup(5000, 7, Method::exponential_euler);
  setup.precision = Precision::float64;
  setup[0].input("drive").base = {1, 2, 3, 4, 5, 6, 7};
  const auto network = make_network(setup);
  const auto nu = values_of(*network, "neurons", "nu");
  network->advance_steps(1);  // flows of u = 0, x = 1: U_0* nu
  std::vector<double> expected(7);
  for (std::size_t i = 0; i < 5000; ++i)
    expected[setup.projections[1].index[i]] += setup.projections[1].weight[i] * 0.6 * nu[setup.projections[0].index[i]];
  for (std::size_t g = 0; g < 7; ++g) expected[g] += 6 + double(g + 1);  // common at t = 0, base
  EXPECT_TRUE(all_close(values_of(*network, "neurons", "drive"), expected, {.relative = 1e-12}));
}

/// One neuron that hears `synapses` bare ones, with weights of both signs that nearly cancel.
NetworkSetup crowd_setup(std::size_t synapses) {
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), 3, "neurons");
  setup.add(model<BareSynapse>(), synapses, "synapses");
  setup[0].start("nu", std::vector<double>{2, 3, 5});
  std::vector<Index> from(synapses), to(synapses, 1);
  std::vector<double> weight(synapses);
  std::mt19937_64 random(8);
  for (std::size_t i = 0; i < synapses; ++i) {
    from[i] = Index(random() % 3);
    weight[i] = std::uniform_real_distribution<double>(-1, 1)(random);
  }
  setup.gather(0, "nu", 1, "rate", from);
  setup.sum(1, "flow", 0, "drive", to, weight);
  setup.precision = Precision::float64;
  setup.backend = Backend::cpu;
  return setup;
}

TEST(Sums, OfMoreThanAThreadAddsUpAreCompleteAndTheSameWithAnyThreads) {
  const int before = omp_get_max_threads();
  for (const std::size_t synapses : {1025, 3000, 140'000}) {  // blocks of 1024, 64 of which are a thread's
    std::vector<std::vector<double>> drives;
    for (const int threads : {1, 2, 3, 5}) {
      NetworkSetup setup = crowd_setup(synapses);
      double expected = 0;
      for (std::size_t i = 0; i < synapses; ++i)
        expected += setup.projections[1].weight[i] * 0.6 * std::vector<double>{2, 3, 5}[setup.projections[0].index[i]];
      setup.threads = threads;
      omp_set_num_threads(threads);
      const auto network = make_network(std::move(setup));
      network->advance_steps(1);
      drives.push_back(values_of(*network, "neurons", "drive"));
      EXPECT_NEAR(drives.back()[1], expected, 1e-13 * double(synapses)) << synapses;
      EXPECT_EQ(drives.back(), drives.front()) << synapses << " with " << threads;
    }
  }
  omp_set_num_threads(before);
}

TEST(Sums, AreScaledByTheFactorOfTheCommonSignalAlone) {
  // Rates of synapses: a sum of states of neurons, and a common signal times a factor of each synapse.
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), 4, "neurons");
  setup.add(model<TripartiteSynapse, Gchi>(), 3, "synapses");
  setup[0].start("nu", std::vector<double>{1, 2, 3, 4});
  setup[1].input("rate").common.mean = 10;
  setup[1].input("rate").factor = {0, 0.5, 2};
  setup.sum(0, "nu", 1, "rate", {0, 1, 1, 2}, {1, 2, 3, 4});
  setup.precision = Precision::float64;
  setup.backend = Backend::cpu;
  const auto network = make_network(setup);
  network->advance_steps(1);
  EXPECT_EQ(values_of(*network, "synapses", "rate"), (std::vector<double>{1, 2 * 2 + 3 * 3 + 5, 4 * 4 + 20}));
}

TEST(Means, AreThoseOfTheirGroupsAndZeroOfNobody) {
  NetworkSetup setup;
  setup.add(model<Astrocyte, LiRinzel>(), 5, "processes");
  setup.add(model<Astrocyte, LiRinzel>(), 3, "somata");
  setup[0].start("I", std::vector<double>{0.25, 0.5, 0.75, 1, 2});
  setup.mean(0, "I", 1, "process_ip3", {2, 0, 0, 2, 2});
  setup.precision = Precision::float64;
  setup.backend = Backend::cpu;
  const auto network = make_network(setup);
  network->advance_steps(1);
  EXPECT_EQ(values_of(*network, "somata", "process_ip3"), (std::vector<double>{0.625, 0, 3.25 / 3}));
}

class Threads : public testing::TestWithParam<Method> {
 protected:
  void TearDown() override { omp_set_num_threads(before_); }

 private:
  int before_ = omp_get_max_threads();
};

TEST_P(Threads, AreNotPartOfTheResultOfNetworks) {
  const auto run = [&](int threads, int slow_every, Precision precision) {
    // One neuron hears 8000 synapses, many blocks of a sum; astrocytes with junctions and processes.
    NetworkSetup setup = fan_in_setup(9000, 5, GetParam());
    setup.add(model<TripartiteSynapse, LiRinzel>(), 3000, "wrapped");
    setup.add(model<Astrocyte, LiRinzel>(), 2100, "astrocytes");
    std::vector<Index> neuron(3000), astrocyte(3000);
    std::vector<double> ip3(2100);
    std::vector<std::pair<Index, Index>> pairs;
    for (std::size_t i = 0; i < 3000; ++i) neuron[i] = Index(i % 5), astrocyte[i] = Index(i * i % 2100);
    for (std::size_t i = 0; i < 2100; ++i) ip3[i] = 0.1 + 0.7 * std::fmod(double(i) * 0.37, 1.0);
    for (std::size_t i = 1; i < 2100; ++i) pairs.emplace_back(Index(i), Index(i / 2));
    setup.gather(0, "nu", 2, "rate", neuron);
    setup.sum(2, "flow", 0, "drive", neuron, std::vector<double>(3000, 1e-4));
    setup.gather(3, "I", 2, "soma_ip3", astrocyte);
    setup.mean(2, "I", 3, "process_ip3", astrocyte);
    setup.pair(3, "junctions", pairs);
    setup[2].set("soma", "true").set("C_Theta", 0.08);
    setup[3].set("processes", "true").start("I", ip3);
    setup[3].input("has_processes").base.assign(2100, 1);
    setup.slow_every = slow_every;
    setup.precision = precision;  // float32 would round away the order of a sum in double
    setup.threads = threads;
    omp_set_num_threads(threads);
    const auto network = make_network(setup);
    network->advance_steps(is_adaptive(GetParam()) ? 10 : 60);
    std::vector<double> all = all_states(*network);
    for (const Event& event : network->take_events()) {
      all.push_back(event.time);
      all.push_back(double(event.index));
    }
    return all;
  };
  for (const int slow_every : {1, 6}) {
    if (slow_every > 1 && is_adaptive(GetParam())) continue;
    for (const Precision precision : {Precision::float32, Precision::float64}) {
      const auto alone = run(1, slow_every, precision);
      for (const int threads : {2, 3}) EXPECT_EQ(run(threads, slow_every, precision), alone) << threads;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, Threads,
                         testing::Values(Method::exponential_euler, Method::exponential_midpoint, Method::euler,
                                         Method::rk4, Method::dormand_prince));

}  // namespace
}  // namespace tripartite
