#include "host/simulation/network_sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "host/simulation/network_grid.hpp"
#include "host/simulation/sweep.hpp"
#include "silent_listener.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// A small network, observed for two seconds.
config::NetworkSweepConfig over(std::vector<std::string> axes) {
  config::NetworkSweepConfig config;
  config.over = std::move(axes);
  config.neurons = 20;
  config.indegree = 5;
  config.astrocytes = 2;
  config.duration = 2;
  config.transient = 1;
  config.execution.backend = Backend::cpu;
  return config;
}

std::string refusal(const config::NetworkSweepConfig& config) {
  try {
    NetworkGrid(config).check();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

std::string refusal(const std::string& axis) { return refusal(over({axis})); }

NetworkSweepResult result_of(const config::NetworkSweepConfig& config) {
  SilentListener listener;
  NetworkSweepResult result;
  network_sweep(config, listener, result);
  return result;
}

TEST(NetworkGrid, SweepsAnyNumberOfTheNetwork) {
  const NetworkGrid grid(over({"synapse.O_G=0:2:3", "input.external=2:5:4"}));
  EXPECT_EQ(grid.networks(), 12U);
  EXPECT_EQ(grid.axes()[0].symbol, "O_G");
  EXPECT_EQ(grid.axes()[0].unit, "1/(uM s)");
  EXPECT_EQ(grid.axes()[1].symbol, "input.external") << "I stands for several inputs";
  const config::NetworkConfig network = grid.at(7);
  EXPECT_EQ(network.synapse.parameter("O_G"), 1);
  EXPECT_EQ(network.external, 4);
  EXPECT_EQ(NetworkGrid(over({"J_excitatory=0:1:3"})).axes()[0].name, "connectivity.J_excitatory");
  EXPECT_EQ(NetworkGrid(over({"neuron.tau=0.01:0.1:3:log"})).at(2).neuron[0], 0.1);
}

TEST(NetworkGrid, ReplacesASingleNumberOfAList) {
  config::NetworkSweepConfig config = over({"excitatory_input.rates=10:20:2"});
  config.excitatory_input.spikes = config::SpikeInput::poisson;
  EXPECT_THAT(NetworkGrid(config).at(1).excitatory_input.rates, ElementsAre(20));
  config.excitatory_input.rates = {10, 20};
  config.excitatory_input.rate_times = {0, 1};
  EXPECT_THAT(refusal(config), HasSubstr("excitatory_input.rates = [10.0, 20.0] cannot be swept"));
}

TEST(NetworkGrid, RoundsCountsToWholeNumbersThatDiffer) {
  const NetworkGrid grid(over({"connectivity.indegree=1:10:3:log"}));
  EXPECT_THAT(grid.axes()[0].values, ElementsAre(1, 3, 10));
  EXPECT_EQ(grid.at(1).indegree, 3);
  EXPECT_THAT(refusal("indegree=1:3:10"), HasSubstr("connectivity.indegree is a whole number"));
}

TEST(NetworkGrid, HasSeedsAtEachPoint) {
  config::NetworkSweepConfig config = over({"synapse.O_G=0:2:2"});
  config.seeds = 3;
  config.seed = 7;
  const NetworkGrid grid(config);
  EXPECT_EQ(grid.networks(), 6U);
  EXPECT_EQ(grid.at(2).seed, 9);
  EXPECT_EQ(grid.at(3).seed, 7);
  EXPECT_EQ(grid.at(2).synapse.parameter("O_G"), 0);
  EXPECT_EQ(grid.at(3).synapse.parameter("O_G"), 2);
}

TEST(NetworkGrid, NamesWhatItRefuses) {
  EXPECT_THAT(refusal("synapse.O_GG=0:2:3"), HasSubstr("the nearest known one is synapse.O_G"));
  EXPECT_THAT(refusal("astrocyte.O_G=0:2:3"), HasSubstr("the nearest known one is synapse.O_G"));
  EXPECT_THAT(refusal("banana=0:2:3"),
              HasSubstr("sweep.over: banana=0:2:3: unknown parameter banana; `tripartite sweep"));
  EXPECT_THAT(refusal("weight=0:2:3"),
              AllOf(HasSubstr("excitatory_input.weight, inhibitory_input.weight"), HasSubstr("expected one of these")));
  EXPECT_THAT(refusal("solver.dt=0.001:0.002:2"), HasSubstr("solver.dt = 0.001 cannot be swept"));
  EXPECT_THAT(refusal("population.duration=1:2:2"), HasSubstr("cannot be swept"));
  EXPECT_THAT(refusal("connectivity.rule=1:2:2"), HasSubstr("cannot be swept"));
  EXPECT_THAT(refusal("synapse.O_G=-1:2:4"),
              HasSubstr("sweep.over: synapse.O_G=-1:2:4: synapse.O_G = -1.0: expected a finite number >= 0"));
  EXPECT_THAT(refusal("connectivity.pool_size=1:4:4"),
              HasSubstr("connectivity.pool_size = 3: must be at most astrocytes.count = 2"));
  EXPECT_THAT(refusal("excitatory_input.weight=2:3:2"),
              HasSubstr("sweep.over: at excitatory_input.weight = 2: excitatory_input.spikes = \"none\""));
  EXPECT_THAT(refusal(over({"O_G=0:1:2", "synapse.O_G=0:1:2"})), HasSubstr("synapse.O_G twice"));
  EXPECT_THAT(refusal(over({})), HasSubstr("0 parameters: expected one or two"));
  config::NetworkSweepConfig many = over({"O_G=0:1:1000", "input.external=0:1:1000"});
  EXPECT_THAT(refusal(many), HasSubstr("1000000 networks"));
}

TEST(NetworkSweep, DiscardsFiveTimesTheSlowestTimeConstantOfAnyPoint) {
  config::NetworkSweepConfig config = over({"synapse.Omega_G=0.5:1:2"});
  config.transient = 0;
  NetworkSweepResult result = result_of(config);
  EXPECT_NEAR(result.window.transient, 5 / 0.05, 1e-9) << "of IP3, 1/Omega_5P = 20 s";
  config.over = {"synapse.Omega_G=0.04:1:2"};
  result = result_of(config);
  EXPECT_NEAR(result.window.transient, 5 / 0.04, 1e-9);
  config.transient = 1.02;
  result = result_of(config);
  EXPECT_NEAR(result.window.transient, 1.05, 1e-9) << "whole samples";
  EXPECT_FALSE(result.slowest);
  EXPECT_EQ(result.window.samples, 40U);
}

TEST(NetworkSweep, DoesNotDependOnThreads) {
  config::NetworkSweepConfig config = over({"input.external=2:6:5"});
  config.seeds = 2;
  std::vector<NetworkSweepResult> results;
  for (const int threads : {1, 2, 3, 40}) {  // the last: several per network
    config.execution.threads = threads;
    results.push_back(result_of(config));
  }
  for (const NetworkQuantity& quantity : network_quantities())
    for (std::size_t i = 0; i < 10; ++i) {
      const double one = (*results[0].networks[i]).*quantity.member;
      for (const NetworkSweepResult& other : results) {
        const double value = (*other.networks[i]).*quantity.member;
        EXPECT_TRUE(value == one || (std::isnan(value) && std::isnan(one))) << quantity.key << " of " << i;
      }
    }
  EXPECT_NE(results[0].networks[0]->rate, results[0].networks[1]->rate) << "seeds draw different networks";
}

TEST(NetworkSweep, AveragesOverSeeds) {
  config::NetworkSweepConfig config = over({"input.external=2:6:2"});
  config.seeds = 3;
  const NetworkSweepResult result = result_of(config);
  double sum = 0, squares = 0;
  for (const std::size_t i : {3U, 4U, 5U}) sum += result.networks[i]->rate / 3;
  for (const std::size_t i : {3U, 4U, 5U}) squares += std::pow(result.networks[i]->rate - sum, 2) / 2;
  EXPECT_NEAR(result.mean(1, &NetworkActivity::rate), sum, 1e-12);
  EXPECT_NEAR(result.deviation(1, &NetworkActivity::rate), std::sqrt(squares), 1e-12);
  EXPECT_GT(squares, 0);
}

TEST(NetworkSweep, SaysWhereAMeanDrifts) {
  config::NetworkSweepConfig config = over({"synapse.O_G=0:1:2"});  // calcium rises from its start
  const NetworkSweepResult result = result_of(config);
  EXPECT_GT(result.networks[0]->drift, largest_drift);
  EXPECT_THAT(cautions(config, result), Contains(HasSubstr("2 of 2 networks still drift")));
  // Without astrocytes a network of rate neurons and depressing synapses settles within seconds.
  config.p_third = 0;
  config.somata = false;
  config.transient = 20;
  config.over = {"input.external=1:2:2"};
  const NetworkSweepResult settled = result_of(config);
  EXPECT_EQ(settled.networks[0]->drift, 0);
  EXPECT_TRUE(std::isnan(settled.networks[0]->calcium)) << "no tripartite synapse";
  EXPECT_THAT(cautions(config, settled), testing::IsEmpty());
}

TEST(NetworkSweep, SaysThatInputsChangeBeforeTheObservation) {
  config::NetworkSweepConfig config = over({"synapse.O_G=0:1:2"});
  config.cue = 5;
  config.cue_begin = 0.2;
  config.cue_end = 0.5;
  EXPECT_THAT(cautions(config, result_of(config)), Contains(HasSubstr("changes for the last time at 0.5 s")));
  config.cue_end = 1.5;
  EXPECT_THAT(cautions(config, result_of(config)), testing::Not(Contains(HasSubstr("changes for the last time"))));
}

TEST(NetworkSweep, AStepThatIsTooLongShowsInTheCheck) {
  config::NetworkSweepConfig config = over({"input.external=3:9:3"});
  config.stepping.check_step = true;
  const auto largest = [&](integrate::Method method, double dt) {
    config.stepping.method = method;
    config.stepping.dt = dt;
    double difference = -1;
    for (const StepDifference& each : result_of(config).check.differences)
      difference = std::max(difference, each.relative);
    return difference;
  };
  EXPECT_GT(largest(integrate::Method::exponential_euler, 0.05), 0.01);
  const double fine = largest(integrate::Method::rk4, 1e-3);
  EXPECT_GE(fine, 0);
  EXPECT_LT(fine, 5e-3);
}

TEST(NetworkSweep, NamesThePointWhoseNumbersLeaveTheirDomain) {
  config::NetworkSweepConfig config = over({"input.external=3:9:2"});
  config.stepping.method = integrate::Method::euler;
  config.stepping.dt = 0.025;  // longer than 1/Omega_e
  config.execution.threads = 1;
  try {
    result_of(config);
    ADD_FAILURE() << "accepted";
  } catch (const NumericsError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("at input.external = 3 1/s: "), HasSubstr("has left its domain")));
  }
}

/// Asks to stop beyond `fraction`, and keeps the messages.
class StopsAt final : public RunListener {
 public:
  explicit StopsAt(double fraction) : fraction_(fraction) {}
  void progress(std::string_view, double fraction) override {
    EXPECT_GE(fraction, latest_ - 1e-12) << "progress goes back";
    latest_ = fraction;
    if (fraction > fraction_) is_over_ = true;
  }
  void message(std::string_view text) override { messages.emplace_back(text); }
  bool cancelled() const override { return is_over_; }
  std::vector<std::string> messages;

 private:
  double fraction_, latest_ = 0;
  std::atomic<bool> is_over_ = false;
};

TEST(NetworkSweep, AnInterruptedOneKeepsItsFinishedNetworks) {
  config::NetworkSweepConfig config = over({"input.external=2:6:20"});
  config.execution.threads = 2;
  const NetworkSweepResult whole = result_of(config);
  EXPECT_EQ(whole.finished(), 20U);
  StopsAt stops(0.5);
  NetworkSweepResult part;
  std::size_t told = 0;
  EXPECT_THROW(network_sweep(config, stops, part, [&] { told = part.finished(); }), Cancelled);
  EXPECT_GE(part.finished(), 8U);
  EXPECT_LT(part.finished(), 20U);
  EXPECT_EQ(told, part.finished()) << "told of all at the end";
  for (std::size_t i = 0; i < 20; ++i)
    if (part.networks[i]) {
      EXPECT_EQ(part.networks[i]->rate, whole.networks[i]->rate) << i;
    }
}

TEST(NetworkSweep, TellsEachMessageOnce) {
  config::NetworkSweepConfig config = over({"input.external=2:6:6"});
  config.stepping.dt = 0.05;  // longer than 1/Omega_e
  config.recording.fields = {"nu"};
  StopsAt listener(2);
  NetworkSweepResult result;
  network_sweep(config, listener, result);
  const auto count = [&](const char* words) {
    return std::count_if(listener.messages.begin(), listener.messages.end(),
                         [&](const std::string& each) { return each.find(words) != std::string::npos; });
  };
  EXPECT_EQ(count("longer than the fastest time constant"), 1);
  EXPECT_EQ(count("recording.fields: not used"), 1);
}

}  // namespace
}  // namespace tripartite::simulation
