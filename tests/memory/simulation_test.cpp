#include "tripartite/memory/simulation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "tests/memory/memory_cases.hpp"
#include "tripartite/error.hpp"

namespace tripartite::memory {
namespace {

std::vector<double> neurons_of(const Case& network) {
  std::vector<double> x;
  for (const auto& cue : network.start) x.insert(x.end(), cue.x.begin(), cue.x.end());
  return x;
}

Case case_of(Solver solver) {
  Case network = general_case(9, 4, 2, true, 6);
  network.setup.parameters.solver = solver;
  return network;
}

MemorySimulation<double> make(const Case& network, Backend backend = Backend::cpu) {
  return {backend, network.setup, neurons_of(network), Regime::cold, 1};
}

std::vector<double> everything(const Simulation& simulation) {
  std::vector<double> all{simulation.time()};
  for (std::size_t field = 0; field < simulation.fields().size(); ++field) {
    std::vector<double> values(simulation.fields()[field].size);
    simulation.read(field, 0, std::span<double>(values));
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

class MemorySimulationTest : public testing::TestWithParam<std::tuple<Backend, Solver>> {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(std::get<0>(GetParam())); !reason.empty()) GTEST_SKIP() << reason;
  }
  Case network() const { return case_of(std::get<1>(GetParam())); }
  MemorySimulation<double> simulation() const { return make(network(), std::get<0>(GetParam())); }
};

TEST_P(MemorySimulationTest, GivesTheBitsOfTheEngine) {
  auto simulation = this->simulation();
  simulation.advance(0.35);
  simulation.advance(0.65);
  EXPECT_DOUBLE_EQ(simulation.time(), 1);
  const auto engine = make_memory_engine<double>(std::get<0>(GetParam()), network().setup, 1);
  engine->start(neurons_of(network()), Regime::cold);
  engine->advance(1000, 0.35);
  engine->advance(1000, 1.0);
  for (int cue = 0; cue < 2; ++cue) EXPECT_DOUBLE_EQ(simulation.status(cue).time, 1);
  std::vector<double> expected{1.0};
  for (int cue = 0; cue < 2; ++cue)
    for (const FieldInfo& each : memory::fields) {
      const auto values = engine->rows(each.field, cue, 0, each.is_pair ? 9 : 1);
      expected.insert(expected.end(), values.begin(), values.end());
    }
  EXPECT_EQ(everything(simulation), expected);
}

TEST_P(MemorySimulationTest, ContinuesBitForBitFromASavedState) {
  auto straight = simulation(), fresh = simulation();
  straight.advance(0.35);
  std::stringstream stream;
  straight.save(stream);
  fresh.load(stream);
  EXPECT_EQ(everything(fresh), everything(straight));
  for (auto* each : {&straight, &fresh}) each->advance(0.65);
  EXPECT_EQ(everything(fresh), everything(straight));
}

TEST_P(MemorySimulationTest, ReadsGathersAndWritesParts) {
  auto simulation = this->simulation();
  simulation.advance(0.1);
  const std::size_t field = simulation.field("cue 1", "synapse");
  std::vector<double> all(81), part(11), few(3);
  simulation.read(field, 0, std::span<double>(all));
  simulation.read(field, 15, std::span<double>(part));  // over three rows
  EXPECT_EQ(part, std::vector<double>(all.begin() + 15, all.begin() + 26));
  simulation.gather(field, std::vector<std::uint64_t>{80, 5, 7}, std::span<double>(few));
  EXPECT_EQ(few, (std::vector<double>{all[80], all[5], all[7]}));
  for (double& value : part) value += 0.5;
  simulation.write(field, 15, std::span<const double>(part));
  std::copy(part.begin(), part.end(), all.begin() + 15);
  std::vector<double> after(81);
  simulation.read(field, 0, std::span<double>(after));
  EXPECT_EQ(after, all);
  EXPECT_THROW(simulation.read(field, 71, std::span<double>(part)), std::out_of_range);
  EXPECT_THROW(simulation.read(6, 0, std::span<double>(few)), std::out_of_range);
  EXPECT_THROW(simulation.write(field, 80, std::span<const double>(few)), std::out_of_range);
}

INSTANTIATE_TEST_SUITE_P(Solvers, MemorySimulationTest,
                         testing::Combine(testing::Values(Backend::cpu, Backend::cuda),
                                          testing::Values(Solver::euler, Solver::exponential_euler, Solver::rk4,
                                                          Solver::adaptive)),
                         [](const auto& each) {
                           return std::string(to_string(std::get<0>(each.param))) +
                                  std::to_string(int(std::get<1>(each.param)));
                         });

TEST(MemorySimulation, RefusesDurationsThatDoNotFit) {
  auto fixed = make(case_of(Solver::rk4)), adaptive = make(case_of(Solver::adaptive));
  for (const double duration : {-0.05, double(NAN), double(INFINITY)}) {
    EXPECT_THROW(fixed.advance(duration), ConfigError);
    EXPECT_THROW(adaptive.advance(duration), ConfigError);
  }
  EXPECT_THROW(fixed.advance(0.07), ConfigError);
  EXPECT_EQ(fixed.time(), 0);
  adaptive.advance(0.07);
  EXPECT_DOUBLE_EQ(adaptive.status(0).time, 0.07);
}

TEST(MemorySimulation, LetsTimeGoOnWhereAllHasSettled) {
  Case network = case_of(Solver::rk4);
  network.setup.parameters.settled_rate = 1e-2;
  auto simulation = make(network);
  simulation.advance(1000);
  ASSERT_TRUE(simulation.is_settled());
  EXPECT_EQ(simulation.time(), 1000);
  const double settled_at = simulation.status(1).time;
  EXPECT_LT(settled_at, 1000);
  // One cue is disturbed, and moves for as long as is asked for.
  const std::vector<double> one{0.9};
  simulation.write(simulation.field("cue 0", "neuron"), 0, std::span<const double>(one));
  simulation.advance(0.1);
  EXPECT_NEAR(simulation.status(0).time, 1000.1, 1e-9);
  EXPECT_EQ(simulation.status(1).time, settled_at);
}

TEST(MemorySimulation, StaysAsItIsWhereAStreamIsRefused) {
  auto simulation = make(case_of(Solver::rk4)), other = make(case_of(Solver::euler));
  simulation.advance(0.2);
  const auto before = everything(simulation);
  std::stringstream stream;
  other.save(stream);
  EXPECT_THROW(simulation.load(stream), FileError);
  EXPECT_EQ(everything(simulation), before);
}

}  // namespace
}  // namespace tripartite::memory
