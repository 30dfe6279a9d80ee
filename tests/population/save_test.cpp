// Saved states: what continues from one is the same bit for bit, and what does not fit is refused.
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>

#include "network/circuit.hpp"
#include "support/values.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/connectivity.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

using integrate::Method;

// ---- networks of all kinds

NetworkSetup ensemble_setup(Method method, int slow_every, bool has_spikes) {
  constexpr std::size_t synapses = 37;
  NetworkSetup setup;
  setup.add(model<TripartiteSynapse, Gchi>(), synapses, "synapses");
  std::vector<double> threshold, bias;
  for (std::size_t i = 0; i < synapses; ++i) {
    threshold.push_back(0.2 + 0.01 * double(i));
    bias.push_back(0.02 * double(i));
  }
  setup[0].vary("C_Theta", threshold).set("exogenous_ip3", "true").start("I", 0.4).start("C", 0.15);
  setup[0].input("bias").base = bias;
  if (has_spikes)
    setup[0].spikes =
        std::make_shared<PoissonSpikes>(Schedule({{0, {20, 0, 0, 0}}}), setup.dt, 5, 0, std::vector<double>());
  else
    setup[0].input("rate").common = {8, 3, 2, 0.1};
  setup.method = method;
  setup.slow_every = slow_every;
  setup.backend = Backend::cpu;
  return setup;
}

NetworkSetup circuit_setup(Method method, int slow_every, Coupling coupling) {
  Circuit circuit;
  const network::Edges edges = network::fixed_indegree(30, 8, 4);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    Circuit::Connections& kind = e % 3 == 0 ? circuit.bare : circuit.wrapped;
    kind.pre.push_back(edges.pre[e]);
    kind.post.push_back(edges.post[e]);
    kind.efficacy.push_back(0.5 + 0.01 * double(e % 17));
    if (e % 3 != 0) circuit.astrocyte.push_back(Index(e % 5));
  }
  circuit.initial_rate.assign(30, 5);
  circuit.input.assign(30, 7);
  circuit.astrocytes = 5;
  circuit.gap_junctions = network::ring_junctions(5);
  circuit.soma_bias = {0, 1.5, 0, 0, 0.5};
  circuit.has_soma = true;
  circuit.parameters = {{"C_Theta", 0.0101}};  // soon crossed
  circuit.method = method;
  circuit.slow_every = slow_every;
  circuit.coupling = coupling;
  NetworkSetup setup = network_setup(circuit);
  setup[part::neurons].input("drive").common = {0.5, 1, 3, 0};
  return setup;
}

struct Case {
  std::string name;
  NetworkSetup setup;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Method method : integrate::methods)
    for (const int slow_every : {1, 7})
      for (const bool has_spikes : {false, true})
        if (slow_every == 1 || !is_adaptive(method))
          all.push_back({std::string(to_string(method)) + (slow_every > 1 ? "_two_clocks" : "_one_clock") +
                             (has_spikes ? "_spikes" : "_rate"),
                         ensemble_setup(method, slow_every, has_spikes)});
  for (const Method method : integrate::methods)
    for (const int slow_every : {1, 7})
      for (const Coupling coupling : {Coupling::staged, Coupling::held})
        if (!needs_jacobian(method) && (!is_adaptive(method) || (slow_every == 1 && coupling == Coupling::staged)))
          all.push_back({std::string(to_string(method)) + (slow_every > 1 ? "_two_clocks" : "_one_clock") +
                             (coupling == Coupling::held ? "_held" : "_staged"),
                         circuit_setup(method, slow_every, coupling)});
  NetworkSetup substeps = circuit_setup(Method::rk4, 7, Coupling::staged);
  substeps.substeps = 3;
  all.push_back({"substeps", substeps});
  return all;
}

bool same(const std::vector<Event>& a, const std::vector<Event>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].time != b[i].time || a[i].population != b[i].population || a[i].index != b[i].index) return false;
  return true;
}

std::string saved(const Simulation& simulation) {
  std::ostringstream out;
  simulation.save(out);
  return out.str();
}

void load(Simulation& simulation, const std::string& bytes) {
  std::istringstream in(bytes);
  simulation.load(in);
}

/// Derived fields, too.
std::vector<double> all_fields(const Simulation& simulation) {
  std::vector<double> all;
  for (const Field& field : simulation.fields()) {
    const auto values = values_of(simulation, field.population, field.name);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

class SavedState : public testing::TestWithParam<std::tuple<std::size_t, Precision>> {
 protected:
  SavedState() {
    Case chosen = cases()[std::get<0>(GetParam())];
    setup_ = std::move(chosen.setup);
    setup_.precision = std::get<1>(GetParam());
  }
  std::unique_ptr<Network> make() const { return make_network(setup_); }

  NetworkSetup setup_;
};

TEST_P(SavedState, ContinuesBitForBit) {
  const auto through = make();
  through->advance_steps(123);  // in the middle of a slow step
  const std::string state = saved(*through);
  const auto from_state = make();
  from_state->advance_steps(5);  // whatever it was
  from_state->take_events();
  load(*from_state, state);
  EXPECT_EQ(from_state->steps(), 123);
  EXPECT_EQ(all_fields(*from_state), all_fields(*through));
  for (const int steps : {1, 200, 300}) {
    through->advance_steps(steps);
    from_state->advance_steps(steps);
    ASSERT_EQ(all_fields(*from_state), all_fields(*through)) << "after " << steps << " steps more";
    EXPECT_EQ(from_state->time(), through->time());
  }
  const auto events = through->take_events();
  EXPECT_GT(events.size(), 0U);
  EXPECT_TRUE(same(from_state->take_events(), events));  // those before the state was saved, too
}

TEST_P(SavedState, DoesNotDisturbTheRunThatItIsOf) {
  const auto alone = make(), watched = make();
  alone->advance_steps(300);
  watched->advance_steps(123);
  const std::string state = saved(*watched);
  EXPECT_EQ(saved(*watched), state);
  load(*watched, state);
  EXPECT_EQ(saved(*watched), state);
  watched->advance_steps(177);
  if (!is_adaptive(setup_.method) || !setup_.projections.empty()) {  // else steps end where calls do
    EXPECT_EQ(all_fields(*watched), all_fields(*alone));
    EXPECT_TRUE(same(watched->take_events(), alone->take_events()));
  }
}

TEST_P(SavedState, HoldsWhatEntersToo) {
  const auto through = make();
  const bool has_neurons = through->fields()[0].population == "neurons";
  const std::string input = has_neurons ? "drive" : "rate";
  through->advance_steps(50);
  through->set_common(0, input, {2, 0.5, 1, 0});
  if (has_neurons) through->set_base(0, "drive", std::vector<double>(30, 6.5));
  through->advance_steps(20);
  const auto from_state = make();
  load(*from_state, saved(*through));
  through->advance_steps(100);
  from_state->advance_steps(100);
  EXPECT_EQ(all_fields(*from_state), all_fields(*through));
}

INSTANTIATE_TEST_SUITE_P(Networks, SavedState,
                         testing::Combine(testing::Range(std::size_t(0), cases().size()),
                                          testing::Values(Precision::float32, Precision::float64)),
                         [](const auto& each) {
                           return cases()[std::get<0>(each.param)].name + "_" +
                                  std::string(to_string(std::get<1>(each.param)));
                         });

// ---- what is refused

/// Expects that the network refuses the bytes and goes on as if it had not seen them.
void expect_refused(const NetworkSetup& setup, const std::string& bytes, const std::string& what) {
  const auto network = make_network(setup), other = make_network(setup);
  network->advance_steps(20);
  other->advance_steps(20);
  EXPECT_THROW(load(*network, bytes), FileError) << what;
  EXPECT_EQ(saved(*network), saved(*other)) << what;
  network->advance_steps(20);
  other->advance_steps(20);
  EXPECT_EQ(all_fields(*network), all_fields(*other)) << what;
}

std::string state_of(const NetworkSetup& setup) {
  const auto network = make_network(setup);
  network->advance_steps(60);
  return saved(*network);
}

TEST(LoadedState, OfAnotherSetupIsRefused) {
  const NetworkSetup setup = ensemble_setup(Method::rk4, 1, false);
  const auto expect_other = [&](const std::string& what, const auto& change) {
    NetworkSetup other = setup;
    change(other);
    expect_refused(setup, state_of(other), what);
  };
  expect_other("precision", [](NetworkSetup& s) { s.precision = Precision::float64; });
  expect_other("method", [](NetworkSetup& s) { s.method = Method::euler; });
  expect_other("dt", [](NetworkSetup& s) { s.dt = 5e-4; });
  expect_other("substeps", [](NetworkSetup& s) { s.substeps = 2; });
  expect_other("slow_every", [](NetworkSetup& s) { s.slow_every = 2; });
  expect_other("parameter", [](NetworkSetup& s) { s[0].set("O_N", 0.2); });
  expect_other("varied parameter", [](NetworkSetup& s) { s[0].varied[0].values[3] = 0.5; });
  expect_other("option", [](NetworkSetup& s) { s[0].set("exogenous_ip3", "false"); });
  expect_other("name", [](NetworkSetup& s) { s[0].name = "others"; });
  expect_other("factor", [](NetworkSetup& s) { s[0].input("rate").factor.assign(s[0].size, 2); });
  expect_other("another population", [](NetworkSetup& s) { s.add(model<Astrocyte, Gchi>(), 2, "astrocytes"); });
}

TEST(LoadedState, OfAnotherModelWithTheSameStatesIsRefused) {
  const auto astrocytes = [](const Model& of) {
    NetworkSetup setup;
    setup.add(of, 5, "astrocytes");
    setup.backend = Backend::cpu;
    return setup;
  };
  expect_refused(astrocytes(model<Astrocyte, Gchi>()), state_of(astrocytes(model<Astrocyte, LiRinzel>())), "model");
}

TEST(LoadedState, OfOtherProjectionsIsRefused) {
  for (const Method method : {Method::rk4, Method::dormand_prince}) {
    const NetworkSetup setup = circuit_setup(method, 1, Coupling::staged);
    NetworkSetup weight = setup, index = setup, pairs = setup;
    weight.projections[2].weight[0] += 0.1;
    index.projections[0].index[0] = (index.projections[0].index[0] + 1) % 30;
    pairs.projections[4].pairs.pop_back();
    for (const NetworkSetup* other : {&weight, &index, &pairs}) expect_refused(setup, state_of(*other), "projection");
  }
}

TEST(LoadedState, OfTheSameSetupOnOtherThreadsIsTaken) {
  NetworkSetup setup = circuit_setup(Method::rk4, 1, Coupling::staged);
  const std::string state = state_of(setup);
  setup.threads = 1;
  setup[part::neurons].start("nu", 3);  // a saved state has its own
  const auto network = make_network(setup);
  EXPECT_NO_THROW(load(*network, state));
  EXPECT_EQ(saved(*network), state);
}

TEST(LoadedState, ThatEndsTooSoonIsRefused) {
  for (const NetworkSetup& setup :
       {ensemble_setup(Method::exponential_euler, 7, true), ensemble_setup(Method::rosenbrock, 1, false),
        circuit_setup(Method::rk4, 7, Coupling::staged), circuit_setup(Method::dormand_prince, 1, Coupling::staged)}) {
    const std::string state = state_of(setup);
    const std::size_t stride = state.size() / 40 + 1;
    for (std::size_t size = 0; size < state.size(); size += size < 80 ? 7 : stride)
      expect_refused(setup, state.substr(0, size),
                     std::to_string(size) + " of " + std::to_string(state.size()) + " bytes");
    expect_refused(setup, state.substr(0, state.size() - 1), "one byte less");
  }
}

TEST(LoadedState, WithADamagedNameOrLengthIsRefused) {
  const NetworkSetup setup = ensemble_setup(Method::exponential_euler, 7, false);
  const std::string state = state_of(setup);
  for (const char* name :
       {"tripartite state", "network float32", "models, parameters, projections and solver", "steps",
        "synapses.Gamma_A", "synapses.rate common", "synapses.bias base", "synapses.average", "places of events"}) {
    const std::size_t at = state.find(name);
    ASSERT_NE(at, std::string::npos) << name;
    std::string damaged = state;
    damaged[at] ^= 1;
    expect_refused(setup, damaged, name);
    damaged = state;
    damaged[at - 1] = '\x7F';  // the length of the name
    expect_refused(setup, damaged, std::string("length of ") + name);
  }
}

TEST(LoadedState, WithALengthBeyondAllMemoryIsRefused) {
  const NetworkSetup setup = ensemble_setup(Method::exponential_euler, 1, false);
  std::string state = state_of(setup);
  const std::string name = "times of events";
  const std::size_t count = state.find(name) + name.size() + 8;  // behind the size of an element
  state[count + 3] = '\x7F';                                     // 2^31 events
  expect_refused(setup, state, "length of events");
  state[count + 7] = '\x7F';
  expect_refused(setup, state, "length of events");
}

TEST(LoadedState, OfAnEventThatCannotBeIsRefused) {
  NetworkSetup setup = ensemble_setup(Method::exponential_euler, 1, false);
  const auto network = make_network(setup);
  network->advance_steps(600);
  std::string state = saved(*network);
  const std::string name = "places of events";
  const std::size_t first = state.find(name) + name.size() + 16;
  ASSERT_LT(first + 16, state.size()) << "no event in the state";
  state[first + 8] = '\x7F';  // index 127 of 37
  expect_refused(setup, state, "index of an event");
  state[first + 8] = 0;
  state[first] = 1;
  expect_refused(setup, state, "population of an event");
}

}  // namespace
}  // namespace tripartite
