// Setups that do not fit together are refused, in words that name what is wrong.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "support/close.hpp"
#include "support/values.hpp"
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

/// Expects a ConfigError in whose text all of these words stand.
void expect_refused(const std::function<void()>& call, const std::vector<std::string>& words) {
  try {
    call();
    FAIL() << "expected a ConfigError with \"" << words.front() << '"';
  } catch (const ConfigError& error) {
    for (const std::string& word : words)
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << word << " in: " << error.what();
  }
}
void expect_refused(const NetworkSetup& setup, const std::vector<std::string>& words) {
  expect_refused([&] { make_network(setup); }, words);
}

NetworkSetup synapses_setup(std::size_t size = 5) {
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), size, "synapses");
  setup.backend = Backend::cpu;
  return setup;
}

/// Three neurons in a ring of bare synapses.
NetworkSetup ring_setup() {
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), 3, "neurons");
  setup.add(model<BareSynapse>(), 3, "synapses");
  setup.gather(0, "nu", 1, "rate", {0, 1, 2});
  setup.sum(1, "flow", 0, "drive", {1, 2, 0}, {0.5, 1, 2});
  setup.backend = Backend::cpu;
  return setup;
}

TEST(PopulationSetup, BeginsWithTheDefaultsOfItsModel) {
  const NetworkSetup setup = synapses_setup();
  const PopulationSetup& population = setup.populations[0];
  const ModelDescription& description = population.model->description;
  for (std::size_t i = 0; i < description.parameters.size(); ++i)
    EXPECT_EQ(population.parameters[i], description.parameters[i].standard);
  const auto network = make_network(setup);
  for (const StateInfo& state : description.states)
    EXPECT_EQ(values_of<float>(*network, "synapses", state.name), std::vector<float>(5, float(state.initial)));
  EXPECT_EQ(network->time(), 0);
}

TEST(PopulationSetup, StartsWhereItIsTold) {
  NetworkSetup setup = synapses_setup(3);
  setup[0].start("C", 0.2).start("I", std::vector<double>{0.1, 0.2, 0.3});
  setup.precision = Precision::float64;
  const auto network = make_network(setup);
  EXPECT_EQ(values_of(*network, "synapses", "C"), (std::vector<double>{0.2, 0.2, 0.2}));
  EXPECT_EQ(values_of(*network, "synapses", "I"), (std::vector<double>{0.1, 0.2, 0.3}));
}

TEST(PopulationSetup, RefusesNamesThatAreNone) {
  NetworkSetup setup = synapses_setup();
  PopulationSetup& population = setup[0];
  expect_refused([&] { population.set("O_delt", 1); }, {"O_delt", "O_delta"});
  expect_refused([&] { population.vary("C_Tetha", {1, 2, 3, 4, 5}); }, {"C_Tetha", "C_Theta"});
  expect_refused([&] { population.start("Ca", 1); }, {"Ca", "Gamma_A"});
  expect_refused([&] { population.start("Ca", std::vector<double>(5)); }, {"Ca"});
  expect_refused([&] { population.input("rates"); }, {"rates", "rate, bias, soma_ip3"});
  expect_refused([&] { population.set("flow", "smooth"); }, {"flow", "flux"});
  expect_refused([&] { population.set("flux", "rough"); }, {"rough", "smooth published"});
  expect_refused([&] { output_place(population.model->description, "current"); }, {"current", "flow"});
  const auto network = make_network(setup);
  expect_refused([&] { (void)network->field("synapses", "Ca"); }, {"synapses.Ca", "synapses.C"});
  expect_refused([&] { (void)network->field("cells", "C"); }, {"cells.C", "synapses.C"});
  expect_refused([&] { network->set_common(0, "rates", {}); }, {"rates", "bias"});
}

TEST(PopulationSetup, RefusesNumbersThatAParameterCannotHave) {
  for (const double value : {-1.0, 0.0, std::nan(""), double(INFINITY)}) {
    NetworkSetup setup = synapses_setup();
    setup[0].set("C_T", value);
    expect_refused(setup, {"synapses", "C_T"});
    setup = synapses_setup();
    setup[0].vary("C_T", {1, 2, 3, value, 5});
    expect_refused(setup, {"synapses", "C_T"});
  }
  NetworkSetup setup = synapses_setup();
  setup[0].set("O_N", 0);
  EXPECT_NO_THROW(make_network(setup));  // at least 0
}

TEST(PopulationSetup, RefusesWrongSizes) {
  const auto expect = [](const std::function<void(PopulationSetup&)>& change, const std::vector<std::string>& words) {
    NetworkSetup setup = synapses_setup();
    change(setup[0]);
    expect_refused(setup, words);
  };
  expect([](auto& p) { p.vary("O_N", {1, 2}); }, {"O_N", "2 values for 5"});
  expect([](auto& p) { p.start("C", std::vector<double>(6)); }, {"C", "6 values for 5"});
  expect([](auto& p) { p.input("rate").factor.resize(4); }, {"rate", "4 values for 5"});
  expect([](auto& p) { p.input("bias").base.resize(7); }, {"bias", "7 values for 5"});
  expect([](auto& p) { p.input("bias").factor.resize(5); }, {"bias", "factor"});
  expect([](auto& p) { p.parameters.pop_back(); }, {"synapses", "tripartite_synapse.gchi"});
  expect([](auto& p) { p.initial.push_back(0); }, {"synapses", "tripartite_synapse.gchi"});
  expect([](auto& p) { p.inputs.clear(); }, {"synapses", "tripartite_synapse.gchi"});
  expect([](auto& p) { p.options.clear(); }, {"synapses", "tripartite_synapse.gchi"});
}

TEST(PopulationSetup, RefusesPlacesThatAreNone) {
  NetworkSetup setup = synapses_setup();
  setup[0].varied.push_back({99, std::vector<double>(5, 1)});
  expect_refused(setup, {"synapses", "99"});
  setup[0].varied = {{-1, std::vector<double>(5, 1)}};
  expect_refused(setup, {"synapses", "-1"});
  setup = synapses_setup();
  setup[0].options[2] = 2;
  expect_refused(setup, {"flux", "2", "smooth published"});
}

TEST(NetworkSetup, RefusesPopulationsThatCannotBe) {
  NetworkSetup setup;
  setup.backend = Backend::cpu;
  expect_refused(setup, {"at least one population"});
  setup = synapses_setup();
  setup.add(model<Astrocyte, LiRinzel>(), 3, "synapses");
  expect_refused(setup, {"two populations", "synapses"});
  setup = synapses_setup();
  setup.populations.push_back({});
  setup.populations.back().name = "nobody";
  expect_refused(setup, {"nobody", "model"});
}

TEST(NetworkSetup, RefusesNumbersThatASolverCannotHave) {
  const auto expect = [](const std::function<void(NetworkSetup&)>& change, const std::vector<std::string>& words) {
    NetworkSetup setup = synapses_setup();
    change(setup);
    expect_refused(setup, words);
  };
  expect([](auto& s) { s.dt = 0; }, {"dt"});
  expect([](auto& s) { s.dt = std::nan(""); }, {"dt"});
  expect([](auto& s) { s.substeps = 0; }, {"substeps"});
  expect([](auto& s) { s.slow_every = 0; }, {"slow_every"});
  expect([](auto& s) { s.method = Method::dormand_prince, s.slow_every = 2; }, {"slow_every"});
  expect([](auto& s) { s.relative_tolerance = 0; }, {"tolerance"});
  expect([](auto& s) { s.absolute_tolerance = -1; }, {"tolerance"});
}

TEST(NetworkSetup, RefusesRosenbrockWithoutAJacobian) {
  NetworkSetup setup;
  setup.add(model<BareSynapse>(), 3, "synapses");
  setup.method = Method::rosenbrock;
  setup.backend = Backend::cpu;
  expect_refused(setup, {"rosenbrock", "Jacobian", "bare_synapse", "dormand_prince"});
  setup = ring_setup();
  setup.method = Method::rosenbrock;
  expect_refused(setup, {"rosenbrock"});
}

TEST(Projections, RefuseWhatIsNotThere) {
  const auto expect = [](const std::function<void(NetworkSetup&)>& change, const std::vector<std::string>& words) {
    NetworkSetup setup = ring_setup();
    change(setup);
    expect_refused(setup, words);
  };
  EXPECT_NO_THROW(make_network(ring_setup()));
  expect([](auto& s) { s.projections[0].from = "rate"; }, {"rate", "nu"});
  expect([](auto& s) { s.projections[0].to = "drive"; }, {"drive", "rate"});
  expect([](auto& s) { s.projections[1].from = "current"; }, {"current"});
  expect([](auto& s) { s.projections[0].index[1] = 3; }, {"index 3", "element 1", "out of range", "3 elements"});
  expect([](auto& s) { s.projections[1].index[2] = 7; }, {"index 7", "element 2", "out of range"});
  expect([](auto& s) { s.projections[0].index.pop_back(); }, {"2 indices for 3"});
  expect([](auto& s) { s.projections[1].weight.pop_back(); }, {"2 weights for 3"});
  expect([](auto& s) { s.projections[1].weight[1] = std::nan(""); }, {"weight", "source 1", "finite"});
  expect([](auto& s) { s.projections[0].source = 2; }, {"population", "2 populations"});
  expect([](auto& s) { s.projections[1].target = 9; }, {"population", "2 populations"});
  expect([](auto& s) { s.gather(0, "nu", 1, "rate", {0, 0, 0}); }, {"rate", "synapses", "one projection"});
  expect([](auto& s) { s.sum(0, "nu", 1, "rate", {0, 0, 0}); }, {"rate", "synapses", "one projection"});
  expect([](auto& s) { s.projections[0].from = "nu", s[1].input("rate").base.assign(3, 1); }, {"rate", "base"});
  expect([](auto& s) { s.pair(0, "drive", {{0, 1}}); }, {"rate_neuron", "exchanges nothing"});
}

TEST(Projections, OfOutputsCannotBeGathered) {
  NetworkSetup setup = ring_setup();
  setup.add(model<BareSynapse>(), 3, "others");
  setup.gather(1, "flow", 2, "rate", {0, 1, 2});
  expect_refused(setup, {"gather", "state", "output"});
}

TEST(Projections, OfOutputsInACircleAreRefused) {
  NetworkSetup setup;
  setup.backend = Backend::cpu;
  setup.add(model<BareSynapse>(), 2, "first");
  setup.add(model<BareSynapse>(), 2, "second");
  setup.sum(0, "flow", 1, "rate", {0, 1});
  EXPECT_NO_THROW(make_network(setup));
  NetworkSetup circle = setup;
  circle.sum(1, "flow", 0, "rate", {0, 1});
  expect_refused(circle, {"circle"});
  NetworkSetup own = setup;
  own.sum(0, "flow", 0, "rate", {1, 0});
  expect_refused(own, {"first", "same population"});
  NetworkSetup by_state = setup;
  by_state.sum(1, "u", 0, "rate", {0, 1});  // states are known before
  EXPECT_NO_THROW(make_network(by_state));
}

TEST(Projections, OfPairsRefuseExchangeThatDiffersBetweenElements) {
  NetworkSetup setup;
  setup.backend = Backend::cpu;
  setup.add(model<Astrocyte, LiRinzel>(), 3, "astrocytes");
  setup.pair(0, "junctions", {{0, 1}});
  setup[0].vary("K_1", {0.12, 0.13, 0.14});
  make_network(setup);
  setup[0].vary("F", {0.08, 0.09, 0.1});
  expect_refused(setup, {"astrocytes.junctions", "F varies"});
}

TEST(Projections, OfPairsNeedTwoElementsThatAreThere) {
  for (const auto& pair : {std::pair<Index, Index>{0, 4}, {4, 0}, {2, 2}}) {
    NetworkSetup setup;
    setup.backend = Backend::cpu;
    setup.add(model<Astrocyte, LiRinzel>(), 4, "astrocytes");
    setup.pair(0, "junctions", {{0, 1}, pair});
    expect_refused(setup, {"astrocytes", "pair"});
  }
}

TEST(SpikeSources, OfAnotherStepAreRefused) {
  const auto trains = std::make_shared<SpikeTrains>(std::vector<SpikeTrains::Spike>{{0.01, 0}}, 1, 5e-4);
  const auto poisson =
      std::make_shared<PoissonSpikes>(Schedule({{0, {5, 0, 0, 0}}}), 2e-3, 1, 0, std::vector<double>());
  for (const std::shared_ptr<const SpikeSource>& source :
       {std::shared_ptr<const SpikeSource>(trains), std::shared_ptr<const SpikeSource>(poisson)}) {
    NetworkSetup setup = synapses_setup();
    const auto network = make_network(setup);
    expect_refused([&] { network->set_spikes(0, source); }, {"synapses", "0.001"});
    setup[0].spikes = source;
    expect_refused(setup, {"synapses", "0.001"});
    setup.dt = source->dt();
    EXPECT_NO_THROW(make_network(setup));
  }
}

TEST(SpikeSources, ArePutWhereTheyCanAct) {
  const auto spikes = std::make_shared<SpikeTrains>(std::vector<SpikeTrains::Spike>{{0.01, 0}}, 1, 1e-3);
  NetworkSetup setup = ring_setup();
  setup[0].spikes = spikes;
  expect_refused(setup, {"neurons", "takes no spikes"});
  setup = synapses_setup();
  setup.add(model<RateNeuron>(), 1, "neurons");
  setup.gather(1, "nu", 0, "rate", std::vector<Index>(5, 0));
  setup[0].spikes = spikes;
  EXPECT_NO_THROW(make_network(setup));
}

TEST(Signals, AreChangedWhereThereIsSuchAnInput) {
  NetworkSetup setup = synapses_setup();
  setup[0].input("bias").base.assign(5, 1);
  const auto network = make_network(setup);
  const std::vector<double> five(5, 2), four(4, 2);
  EXPECT_NO_THROW(network->set_base(0, "bias", five));
  expect_refused([&] { network->set_base(0, "bias", four); }, {"bias", "4 values for 5"});
  expect_refused([&] { network->set_base(0, "rate", five); }, {"rate", "without"});
  EXPECT_THROW(network->set_common(1, "rate", {}), std::out_of_range);
}

TEST(Network, AdvancesByWholeStepsAlone) {
  const auto network = make_network(synapses_setup());
  network->advance(0.1);
  EXPECT_EQ(network->steps(), 100);
  expect_refused([&] { network->advance(0.0105); }, {"0.0105", "0.001"});
  expect_refused([&] { network->advance(-0.1); }, {"-0.1"});
  expect_refused([&] { network->advance(std::nan("")); }, {"nan"});
  EXPECT_EQ(network->steps(), 100);
  network->advance(0);
  EXPECT_EQ(network->steps(), 100);
}

TEST(Network, MayHavePopulationsOfNobody) {
  for (const Method method : {Method::exponential_euler, Method::rk4, Method::dormand_prince}) {
    NetworkSetup setup = ring_setup();
    setup.add(model<TripartiteSynapse, Gchi>(), 0, "nobody");
    setup.gather(0, "nu", 2, "rate", {});
    setup.sum(2, "flow", 0, "drive", {});
    setup.method = method;
    NetworkSetup without = ring_setup();
    without.method = method;
    const auto network = make_network(setup), other = make_network(without);
    network->advance_steps(50);
    other->advance_steps(50);
    EXPECT_EQ(all_states(*network), all_states(*other)) << to_string(method);
    EXPECT_EQ(network->mean(network->field("nobody", "C")), 0);
  }
}

}  // namespace
}  // namespace tripartite
