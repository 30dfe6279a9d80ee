// Populations that nothing joins on the CUDA backend beside the CPU's: every method, parameters alike or not, rates or
// spikes. Both are held to solutions by other programs in tests/verify; here it is about what only a device can get
// wrong.
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <tuple>

#include "support/close.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/bare_synapse.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

using integrate::Method;

constexpr std::size_t synapses = 37;     // a warp and a ragged end
constexpr std::size_t astrocytes = 131;  // a block and a ragged end

template <class Real>
constexpr Precision precision_of = sizeof(Real) == 8 ? Precision::float64 : Precision::float32;

std::unique_ptr<Network> made(NetworkSetup setup, Backend backend, Precision precision) {
  setup.backend = backend;
  setup.precision = precision;
  return make_network(std::move(setup));
}

void skip_without_cuda() {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
}

/// Synapses and astrocytes, both about to cross their thresholds.
template <template <class> class Calcium>
NetworkSetup populations(bool is_varied, bool has_spikes) {
  NetworkSetup setup;
  PopulationSetup& wrapped = setup[setup.add(model<TripartiteSynapse, Calcium>(), synapses, "synapses")];
  wrapped.start("I", 0.6).start("C", 0.2).set("exogenous_ip3", "true");
  wrapped.input("bias").common = {0.4, 0.1, 3, 0};
  std::vector<double> threshold, factor, base;
  for (std::size_t i = 0; i < synapses; ++i) {
    threshold.push_back(0.3 + 0.005 * double(i));
    factor.push_back(0.8 + 0.01 * double(i));
    base.push_back(0.05 * double(i % 5));
  }
  if (is_varied) {
    wrapped.vary("C_Theta", threshold).vary("Omega_d", factor);
    wrapped.input("rate").factor = factor;
    wrapped.input("rate").base = base;
  }
  if (has_spikes)
    wrapped.spikes = std::make_shared<PoissonSpikes>(Schedule({{0, {8, 0, 0, 0}}}), setup.dt, 5, 0,
                                                     std::vector<double>(), std::vector<double>{1});
  else
    wrapped.input("rate").common = {8, 3, 2, 0.1};
  PopulationSetup& cells = setup[setup.add(model<Astrocyte, Calcium>(), astrocytes, "astrocytes")];
  std::vector<double> level;
  for (std::size_t a = 0; a < astrocytes; ++a) level.push_back(0.15 + 0.0003 * double(a));
  cells.start("I", 0.5).start("C", level).set("exogenous_ip3", "true").set("flux", "published");
  cells.input("source_ip3").common = {0.7, 0, 0, 0};
  if (is_varied) cells.vary("F_ex", level);
  if (has_spikes) {
    std::vector<SpikeTrains::Spike> listed;
    for (std::size_t k = 0; k < 300; ++k)
      listed.push_back({0.001 * double(1 + k * k % 617), k % astrocytes, 50.0 + double(k % 7)});
    listed.push_back({0.3, 4, 80});  // two at once
    listed.push_back({0.3, 4, 20});
    cells.spikes = std::make_shared<SpikeTrains>(listed, astrocytes, setup.dt);
  }
  return setup;
}

class CudaWindow : public testing::TestWithParam<std::tuple<Method, bool, int>> {
 protected:
  void SetUp() override { skip_without_cuda(); }

  template <class Real, template <class> class Calcium>
  void expect_agreement(double tolerance, bool has_spikes) {
    const auto [method, is_varied, slow_every] = GetParam();
    NetworkSetup setup = populations<Calcium>(is_varied, has_spikes);
    setup.method = method;
    setup.slow_every = slow_every;
    setup.substeps = is_varied ? 2 : 1;
    const auto host = made(setup, Backend::cpu, precision_of<Real>);
    const auto device = made(setup, Backend::cuda, precision_of<Real>);
    for (auto* network : {host.get(), device.get()})
      for (const int steps : {1, 63, 641}) network->advance_steps(steps);
    for (std::size_t f = 0; f < host->fields().size(); ++f) {
      const Field& field = host->fields()[f];
      std::vector<Real> expected(field.size), got(field.size);
      host->read(f, 0, std::span<Real>(expected));
      device->read(f, 0, std::span<Real>(got));
      EXPECT_TRUE(all_close(got, expected, {.relative = tolerance, .absolute = 1e-3 * tolerance}))
          << field.population << "." << field.name;
      const std::uint64_t places[] = {0, 5, 6, 36};
      std::vector<Real> few(std::size(places));
      device->gather(f, places, std::span<Real>(few));
      for (std::size_t k = 0; k < few.size(); ++k) EXPECT_EQ(few[k], got[places[k]]) << field.name;
    }
    const auto expected = host->take_events(), got = device->take_events();
    ASSERT_GT(expected.size(), synapses / 2);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i].time, expected[i].time, is_adaptive(method) ? 1e-5 : 0);
      if (is_adaptive(method)) continue;  // those that are close in time may be exchanged
      EXPECT_EQ(got[i].population, expected[i].population);
      EXPECT_EQ(got[i].index, expected[i].index);
    }
  }
};

// Rounding of e^x and of fused products over 705 steps; an adaptive method may also choose another step.
TEST_P(CudaWindow, AgreesWithTheCpuUnderARateInFloat32) { expect_agreement<float, Gchi>(5e-5, false); }
TEST_P(CudaWindow, AgreesWithTheCpuUnderSpikesInFloat32) { expect_agreement<float, Gchi>(5e-5, true); }
TEST_P(CudaWindow, AgreesWithTheCpuUnderARateInFloat64) {
  expect_agreement<double, Gchi>(is_adaptive(std::get<0>(GetParam())) ? 1e-5 : 1e-12, false);
}
TEST_P(CudaWindow, AgreesWithTheCpuUnderSpikesInFloat64) {
  expect_agreement<double, Gchi>(is_adaptive(std::get<0>(GetParam())) ? 1e-5 : 1e-12, true);
}
TEST_P(CudaWindow, AgreesWithTheCpuWithAnotherCalciumModel) {
  expect_agreement<double, LiRinzel>(is_adaptive(std::get<0>(GetParam())) ? 1e-5 : 1e-12, false);
}

INSTANTIATE_TEST_SUITE_P(Methods, CudaWindow,
                         testing::Combine(testing::Values(Method::exponential_euler, Method::exponential_midpoint,
                                                          Method::euler, Method::rk4, Method::dormand_prince,
                                                          Method::rosenbrock),
                                          testing::Bool(), testing::Values(1)));
INSTANTIATE_TEST_SUITE_P(TwoClocks, CudaWindow,
                         testing::Combine(testing::Values(Method::exponential_euler, Method::exponential_midpoint,
                                                          Method::euler, Method::rk4),
                                          testing::Bool(), testing::Values(7)));

class CudaWindowOf : public testing::Test {
 protected:
  void SetUp() override { skip_without_cuda(); }
};

TEST_F(CudaWindowOf, ModelsWithoutEventsAdvances) {
  for (const Method method : {Method::exponential_euler, Method::rk4, Method::dormand_prince}) {
    NetworkSetup setup;
    setup.method = method;
    setup[setup.add(model<RateNeuron>(), 70, "neurons")].input("drive").common = {9, 4, 3, 0};
    setup[setup.add(model<BareSynapse>(), 33, "bare")].input("rate").common = {9, 4, 3, 0};
    setup.add(model<BareSynapse>(), 0, "none");
    const auto host = made(setup, Backend::cpu, Precision::float64);
    const auto device = made(setup, Backend::cuda, Precision::float64);
    host->advance_steps(300);
    device->advance_steps(300);
    for (std::size_t f = 0; f < host->fields().size(); ++f) {
      std::vector<double> expected(host->fields()[f].size), got(expected.size());
      host->read(f, 0, std::span(expected));
      device->read(f, 0, std::span(got));
      EXPECT_TRUE(all_close(got, expected, {.relative = is_adaptive(method) ? 1e-5 : 1e-12})) << f;
    }
    EXPECT_TRUE(device->take_events().empty());
  }
}

std::string stopping(Network& network) {
  try {
    network.advance_steps(700);
  } catch (const NumericsError& e) {
    const std::string text = e.what();
    return text.substr(0, text.find(" = ")) + " after " + std::to_string(network.steps());
  }
  return "nothing";
}

TEST_F(CudaWindowOf, TooLongStepsSaysWhatTheCpuSays) {
  for (const Method method : {Method::euler, Method::rosenbrock}) {
    NetworkSetup setup = populations<Gchi>(false, false);
    setup.method = method;
    if (!is_adaptive(method)) setup.dt = 0.0625;  // too long for glutamate
    const auto host = made(setup, Backend::cpu, Precision::float64);
    const auto device = made(setup, Backend::cuda, Precision::float64);
    const double bad = std::nan("");
    for (auto* network : {host.get(), device.get()})
      if (is_adaptive(method)) network->write(network->field("astrocytes", "C"), 130, std::span(&bad, 1));
    const std::string expected = stopping(*host);
    EXPECT_EQ(expected.rfind(is_adaptive(method) ? "astrocytes 130 near" : "synapses ", 0), 0U) << expected;
    EXPECT_EQ(stopping(*device), expected);
    EXPECT_EQ(stopping(*device), stopping(*host)) << "when it goes on";
  }
}

TEST_F(CudaWindowOf, ALoadedStateGoesOnAsTheSavedOne) {
  for (const auto& [method, slow_every] :
       {std::pair(Method::rk4, 1), std::pair(Method::exponential_euler, 7), std::pair(Method::rosenbrock, 1)}) {
    NetworkSetup setup = populations<Gchi>(true, true);
    setup.method = method;
    setup.slow_every = slow_every;
    const auto first = made(setup, Backend::cuda, Precision::float32);
    const auto second = made(setup, Backend::cuda, Precision::float32);
    const auto host = made(setup, Backend::cpu, Precision::float32);
    first->advance_steps(101);
    std::stringstream saved, again;
    first->save(saved);
    second->load(saved);
    saved.seekg(0);
    host->load(saved);
    host->save(again);
    EXPECT_EQ(again.str(), saved.str());
    first->advance_steps(150);
    second->advance_steps(150);
    for (std::size_t f = 0; f < first->fields().size(); ++f) {
      std::vector<float> expected(first->fields()[f].size), got(expected.size());
      first->read(f, 0, std::span(expected));
      second->read(f, 0, std::span(got));
      EXPECT_EQ(got, expected) << first->fields()[f].name;
    }
    EXPECT_EQ(second->take_events().size(), first->take_events().size());
  }
}

TEST_F(CudaWindowOf, ChosenStepsGoOnOnceTheNumbersAreReplaced) {
  for (const Method method : {Method::dormand_prince, Method::rosenbrock}) {
    NetworkSetup setup = populations<Gchi>(false, false);
    setup.method = method;
    const auto device = made(setup, Backend::cuda, Precision::float64);
    const double bad = std::nan("");
    device->write(device->field("synapses", "C"), synapses - 1, std::span(&bad, 1));
    EXPECT_THROW(device->advance_steps(10), NumericsError) << to_string(method);
    for (std::size_t f = 0; f < device->fields().size(); ++f)
      if (device->fields()[f].is_state) {
        const std::vector<double> values(device->fields()[f].size, 0.2);
        device->write(f, 0, std::span<const double>(values));
      }
    EXPECT_NO_THROW(device->advance_steps(10)) << to_string(method);
  }
}

}  // namespace
}  // namespace tripartite
