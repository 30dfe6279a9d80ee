#include "tripartite/attention/simulation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "attention/batch.hpp"
#include "attention/network_cases.hpp"
#include "support/close.hpp"
#include "support/numbers.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

constexpr int tokens = 3, heads = 2, width = 4, hidden = 6;

EngineSetup setup_with(Solver solver) {
  return setup_of(Feature::favor, width, hidden, tokens, tests::brisk_parameters(solver), heads);
}

template <class Real>
AttentionSimulation<Real> make(Solver solver, bool is_causal, Backend backend = Backend::cpu) {
  const Tokens text = draw_tokens(tokens, heads * width, 7);
  const auto query = converted<Real>(text.query), key = converted<Real>(text.key), value = converted<Real>(text.value);
  return {backend, setup_with(solver), {query, key, value}, is_causal, 1};
}

template <class Real>
std::vector<Real> read(const Simulation& simulation, std::string_view population, std::string_view name) {
  const std::size_t field = simulation.field(population, name);
  std::vector<Real> values(simulation.fields()[field].size);
  simulation.read(field, 0, std::span<Real>(values));
  return values;
}

std::vector<double> everything(const Simulation& simulation) {
  std::vector<double> all{simulation.time()};
  for (const auto& field : simulation.fields()) {
    const auto values = read<double>(simulation, field.population, field.name);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

class AttentionAlongASchedule : public testing::TestWithParam<std::tuple<Solver, bool>> {};

TEST_P(AttentionAlongASchedule, GivesTheBitsOfTheEngine) {
  const auto [solver, is_causal] = GetParam();
  auto simulation = make<float>(solver, is_causal);
  simulation.advance(simulation.duration());
  EXPECT_TRUE(simulation.is_finished());
  EXPECT_EQ(simulation.tokens_read(), tokens);
  const auto engine = make_cpu_engine<float>(setup_with(solver), 1);
  const auto expected = attend(*engine, setup_with(solver), draw_tokens(tokens, heads * width, 7), is_causal);
  EXPECT_EQ(read<float>(simulation, "text", "outputs"), expected);
  for (const FieldInfo& each : attention::fields)
    EXPECT_EQ(read<float>(simulation, "head 1", each.name), engine->field(each.field, 1)) << each.name;
}

TEST_P(AttentionAlongASchedule, MayBeCutAnywhere) {
  const auto [solver, is_causal] = GetParam();
  auto whole = make<double>(solver, is_causal), cut = make<double>(solver, is_causal);
  whole.advance(whole.duration());
  for (int piece = 1; cut.duration() - cut.time() > 0.003; ++piece) {
    cut.advance(0.003);
    EXPECT_NEAR(cut.time(), 0.003 * piece, 1e-12);
  }
  cut.advance(cut.duration() - cut.time());
  EXPECT_TRUE(cut.is_finished());
  // Stepping solvers make the same steps; the exact one lays its panels anew, each accurate to 1e-12.
  EXPECT_LT(relative_error(everything(cut), everything(whole)), solver == Solver::exact ? 1e-10 : 1e-13);
}

TEST_P(AttentionAlongASchedule, ContinuesBitForBitFromASavedState) {
  const auto [solver, is_causal] = GetParam();
  auto straight = make<float>(solver, is_causal);
  for (const double stop : {0.0, 0.008, 0.061}) {
    straight.advance(stop - straight.time());
    std::stringstream stream;
    straight.save(stream);
    auto fresh = make<float>(solver, is_causal);
    fresh.load(stream);
    EXPECT_EQ(everything(fresh), everything(straight)) << stop;
    auto other = make<float>(solver, is_causal);
    stream.clear();
    stream.seekg(0);
    other.load(stream);
    for (auto* each : {&fresh, &other}) {
      each->advance(0.007);
      each->advance(each->duration() - each->time());
    }
    EXPECT_EQ(everything(fresh), everything(other)) << stop;
    EXPECT_EQ(fresh.tokens_read(), tokens);
  }
}

INSTANTIATE_TEST_SUITE_P(Solvers, AttentionAlongASchedule,
                         testing::Combine(testing::Values(Solver::exact, Solver::exponential_euler, Solver::euler,
                                                          Solver::rk4),
                                          testing::Bool()));

TEST(AttentionSimulation, SaysWhereItIsInItsSchedule) {
  auto simulation = make<double>(Solver::rk4, false);
  EXPECT_NEAR(simulation.duration(), 3 * (0.005 + 0.012 + 0.017) + 0.004, 1e-12);
  simulation.advance(0.006);
  EXPECT_EQ(simulation.phase().phase, Phase::write);
  EXPECT_EQ(simulation.phase().token, 0);
  simulation.advance(0.051 + 0.017 - 0.006);
  EXPECT_EQ(simulation.phase().phase, Phase::read);
  EXPECT_EQ(simulation.tokens_read(), 0);
  simulation.advance(0.004);
  EXPECT_EQ(simulation.tokens_read(), 1);
  EXPECT_EQ(simulation.phase().token, 1);
  simulation.advance(simulation.duration() - simulation.time());
  EXPECT_DOUBLE_EQ(simulation.time(), simulation.duration());
  EXPECT_THROW(simulation.phase(), std::out_of_range);
}

TEST(AttentionSimulation, HoldsTheOutputsOfTokensAlreadyRead) {
  auto simulation = make<double>(Solver::rk4, true);
  simulation.advance(0.005 + 0.012 + 0.004 + 0.017);
  const auto outputs = read<double>(simulation, "text", "outputs"),
             output = read<double>(simulation, "head 0", "output");
  EXPECT_EQ(std::vector<double>(outputs.begin(), outputs.begin() + width), output);
  EXPECT_EQ(std::vector<double>(outputs.begin() + heads * width, outputs.end()),
            std::vector<double>(std::size_t((tokens - 1) * heads * width), 0.0));
}

TEST(AttentionSimulation, RefusesDurationsThatDoNotFit) {
  auto simulation = make<double>(Solver::rk4, true);
  EXPECT_THROW(simulation.advance(0.0005), ConfigError);
  EXPECT_THROW(simulation.advance(-0.001), ConfigError);
  EXPECT_THROW(simulation.advance(simulation.duration() + 0.001), ConfigError);
  EXPECT_THROW(simulation.advance(std::nan("")), ConfigError);
  EXPECT_EQ(simulation.time(), 0);
}

TEST(AttentionSimulation, RefusesATextOfAnotherShape) {
  const std::vector<float> row(heads * width), short_row(heads * width - 1), many((tokens + 1) * heads * width);
  const EngineSetup setup = setup_with(Solver::rk4);
  using Layer = AttentionSimulation<float>;
  EXPECT_THROW(Layer(Backend::cpu, setup, {row, row, short_row}, true), ConfigError);
  EXPECT_THROW(Layer(Backend::cpu, setup, {short_row, short_row, short_row}, true), ConfigError);
  EXPECT_THROW(Layer(Backend::cpu, setup, {many, many, many}, true), ConfigError);
  EXPECT_THROW(Layer(Backend::cpu, setup, {{}, {}, {}}, true), ConfigError);
}

TEST(AttentionSimulation, ReadsGathersAndWritesParts) {
  auto simulation = make<float>(Solver::rk4, true);
  simulation.advance(0.020);
  const auto hebbian = read<double>(simulation, "head 1", "hebbian");
  const std::size_t field = simulation.field("head 1", "hebbian");
  std::vector<double> part(2);
  simulation.read(field, 7, std::span<double>(part));
  EXPECT_EQ(part, (std::vector<double>{hebbian[7], hebbian[8]}));
  simulation.gather(field, std::vector<std::uint64_t>{23, 0}, std::span<double>(part));
  EXPECT_EQ(part, (std::vector<double>{hebbian[23], hebbian[0]}));
  simulation.write(field, 3, std::span<const double>(std::vector<double>{0.5, 0.25}));
  simulation.read(field, 3, std::span<double>(part));
  EXPECT_EQ(part, (std::vector<double>{0.5, 0.25}));
  EXPECT_THROW(simulation.read(field, 23, std::span<double>(part)), std::out_of_range);
  EXPECT_THROW(simulation.read(99, 0, std::span<double>(part)), std::out_of_range);
  for (const auto& [population, name] : {std::pair("head 0", "store"), std::pair("text", "outputs")})
    EXPECT_THROW(simulation.write(simulation.field(population, name), 0, std::span<const double>(part)), ConfigError);
}

TEST(AttentionSimulation, StaysAsItIsWhereAStreamIsRefused) {
  auto simulation = make<float>(Solver::rk4, true), other = make<float>(Solver::euler, true);
  simulation.advance(0.020);
  const auto before = everything(simulation);
  std::stringstream stream;
  other.save(stream);
  EXPECT_THROW(simulation.load(stream), FileError);
  std::stringstream bidirectional;
  make<float>(Solver::rk4, false).save(bidirectional);
  EXPECT_THROW(simulation.load(bidirectional), FileError);
  EXPECT_EQ(everything(simulation), before);
}

TEST(CudaAttentionSimulation, ContinuesBitForBitFromASavedState) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  auto straight = make<float>(Solver::exact, true, Backend::cuda),
       fresh = make<float>(Solver::exact, true, Backend::cuda);
  straight.advance(0.061);
  std::stringstream stream;
  straight.save(stream);
  fresh.load(stream);
  for (auto* each : {&straight, &fresh}) each->advance(each->duration() - each->time());
  EXPECT_EQ(everything(fresh), everything(straight));
}

}  // namespace
}  // namespace tripartite::attention
