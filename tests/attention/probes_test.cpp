#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "attention/batch.hpp"
#include "io/error_text.hpp"
#include "support/close.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

constexpr int heads = 2, width = 5, hidden = 21, tokens_count = 2;

/// First, last and some intermediate element of every field of every head.
std::vector<Probe> probes_of_every_field() {
  std::vector<Probe> probes;
  for (const FieldInfo& info : fields)
    for (int head = 0; head < heads; ++head) {
      const std::size_t size = info.extent == Extent::width    ? width
                               : info.extent == Extent::hidden ? hidden
                                                               : width * hidden;
      for (const std::size_t index : {std::size_t(0), size / 3, size - 1}) probes.push_back({info.field, head, index});
    }
  return probes;
}

Parameters parameters_of(Solver solver, bool rich) {
  Parameters p;
  p.solver = solver;
  p.dt = 0.0005;
  p.settle_time = 0.060, p.write_time = 0.080, p.delay_time = 0.020, p.read_time = 0.360;
  if (!rich) return p;
  p.heterogeneity = 0.3;
  p.astrocytes = 2;
  p.decay_hebbian = 2;
  p.decay_store = 1;
  return p;
}

struct Recording {
  std::vector<double> frames;   // [frames x probes]
  std::vector<double> outputs;  // [tokens x heads * width]
};

Recording record(Feature feature, Solver solver, bool rich, const std::vector<Probe>& probes) {
  const Parameters parameters = parameters_of(solver, rich);
  const EngineSetup setup = setup_of(feature, width, hidden, tokens_count, parameters, heads);
  const auto engine = make_cpu_engine<double>(setup, 1);
  load(*engine, draw_tokens(tokens_count, heads * width, 4, 0.7));
  engine->set_probes(probes);
  const std::vector<double> early{0.001, 0.0125, 0.060}, late{0.002, 0.030, 0.050, 0.333, 0.360};
  const std::vector<double> delay{0.020};
  for (int token = 0; token < tokens_count; ++token) {
    engine->advance(Phase::settle, token, parameters.settle_time, early);
    engine->advance(Phase::write, token, parameters.write_time, early);
    engine->store_key(token);
  }
  engine->advance(Phase::delay, tokens_count - 1, parameters.delay_time, delay);
  for (int token = 0; token < tokens_count; ++token) {
    engine->advance(Phase::read, token, parameters.read_time, late);
    engine->sample(token);
  }
  Recording recording{engine->take_frames(), std::vector<double>(tokens_count * heads * width)};
  engine->outputs(0, tokens_count, recording.outputs.data());
  return recording;
}

class Probes : public testing::TestWithParam<std::tuple<Feature, bool>> {};

TEST_P(Probes, ExactSolverMatchesRk4InEveryField) {
  const auto [feature, rich] = GetParam();
  const auto probes = probes_of_every_field();
  const Recording exact = record(feature, Solver::exact, rich, probes),
                  rk4 = record(feature, Solver::rk4, rich, probes);
  ASSERT_EQ(exact.frames.size(), 23 * probes.size());  // 2 (3 + 3) + 1 + 2 * 5
  ASSERT_EQ(rk4.frames.size(), exact.frames.size());
  // The error of RK4 at 0.5 ms is (dt / tau)^4 / 120 = 5e-8 per unit of transient; at a kink of relu or of the maximum
  // in slots both errors are of second order in the step that contains it.
  const double tolerance = feature == Feature::favor ? 5e-7 : 1e-4;
  for (std::size_t probe = 0; probe < probes.size(); ++probe) {
    std::vector<double> got, want;
    for (std::size_t at = probe; at < exact.frames.size(); at += probes.size()) {
      got.push_back(exact.frames[at]);
      want.push_back(rk4.frames[at]);
    }
    const std::string name =
        fmt::format("{} {} {}", info(probes[probe].field).name, probes[probe].head, probes[probe].index);
    if (std::all_of(want.begin(), want.end(), [](double value) { return value == 0; })) {
      // What relu silences throughout is 0 by steps, and by the exact solver the rounding of a drive that begins at 0.
      for (const double value : got) EXPECT_LE(std::abs(value), 1e-15) << name;
      continue;
    }
    EXPECT_LE(relative_error(got, want), tolerance) << name;
  }
}

TEST_P(Probes, DoNotChangeTheResultOfTheExactSolver) {
  const auto [feature, rich] = GetParam();
  const Recording seen = record(feature, Solver::exact, rich, probes_of_every_field());
  const Recording alone = record(feature, Solver::exact, rich, {});
  EXPECT_TRUE(alone.frames.empty());
  // With recording, l is integrated over the whole read instead of its last 30 tau_output: e^-30.
  EXPECT_LT(relative_error(seen.outputs, alone.outputs), 1e-12);
}

TEST_P(Probes, DoNotChangeTheResultOfASteppingSolver) {
  const auto [feature, rich] = GetParam();
  EXPECT_EQ(record(feature, Solver::rk4, rich, probes_of_every_field()).outputs,
            record(feature, Solver::rk4, rich, {}).outputs);
}

INSTANTIATE_TEST_SUITE_P(Networks, Probes,
                         testing::Combine(testing::Values(Feature::favor, Feature::relu, Feature::slots),
                                          testing::Bool()));

class ProbesOfSolver : public testing::TestWithParam<Solver> {};

TEST_P(ProbesOfSolver, MatchTheFieldsAtTheEndOfAPhase) {
  const Parameters parameters = parameters_of(GetParam(), true);
  const EngineSetup setup = setup_of(Feature::favor, width, hidden, 1, parameters, heads);
  const auto engine = make_cpu_engine<double>(setup, 1);
  load(*engine, draw_tokens(1, heads * width, 4, 0.7));
  const auto probes = probes_of_every_field();
  engine->set_probes(probes);
  for (const Phase phase : {Phase::settle, Phase::write, Phase::read}) {
    const std::vector<double> end{0.080};
    engine->advance(phase, 0, 0.080, end);
    const auto frame = engine->take_frames();
    ASSERT_EQ(frame.size(), probes.size());
    for (std::size_t i = 0; i < probes.size(); ++i) {
      const double value = engine->field(probes[i].field, probes[i].head)[probes[i].index];
      EXPECT_NEAR(frame[i], value, 1e-12 * std::abs(value)) << info(probes[i].field).name;
    }
  }
}

TEST_P(ProbesOfSolver, MatchAShorterPhaseInTheMiddle) {
  const Parameters parameters = parameters_of(GetParam(), true);
  const EngineSetup setup = setup_of(Feature::favor, width, hidden, 1, parameters, heads);
  const auto engine = make_cpu_engine<double>(setup, 1), shorter = make_cpu_engine<double>(setup, 1);
  for (const auto& each : {engine.get(), shorter.get()}) {
    load(*each, draw_tokens(1, heads * width, 4, 0.7));
    each->advance(Phase::write, 0, 0.1);
  }
  const auto probes = probes_of_every_field();
  engine->set_probes(probes);
  const std::vector<double> middle{0.040};
  engine->advance(Phase::read, 0, 0.100, middle);
  shorter->advance(Phase::read, 0, 0.040);
  const auto frame = engine->take_frames();
  ASSERT_EQ(frame.size(), probes.size());
  for (std::size_t i = 0; i < probes.size(); ++i) {
    const double value = shorter->field(probes[i].field, probes[i].head)[probes[i].index];
    EXPECT_NEAR(frame[i], value, 1e-11 * std::abs(value)) << info(probes[i].field).name;
  }
}

INSTANTIATE_TEST_SUITE_P(Solvers, ProbesOfSolver,
                         testing::Values(Solver::exact, Solver::exponential_euler, Solver::euler, Solver::rk4));

TEST(EngineProbes, AreReturnedOnce) {
  const EngineSetup setup = setup_of(Feature::favor, width, hidden, 1, {});
  const auto engine = make_cpu_engine<double>(setup, 1);
  load(*engine, draw_tokens(1, width, 4));
  engine->set_probes({{Field::calcium, 0, 3}});
  const std::vector<double> times{0.05, 0.1};
  engine->advance(Phase::write, 0, 0.1, times);
  EXPECT_EQ(engine->take_frames().size(), 2u);
  EXPECT_TRUE(engine->take_frames().empty());
  engine->advance(Phase::read, 0, 0.1);
  EXPECT_TRUE(engine->take_frames().empty());
}

TEST(EngineProbes, AreRejectedByNameWhenInvalid) {
  const EngineSetup setup = setup_of(Feature::favor, width, hidden, 1, {});
  const auto engine = make_cpu_engine<double>(setup, 1);
  for (const Probe& probe :
       {Probe{Field::calcium, 0, width * hidden}, Probe{Field::calcium, 1, 0}, Probe{Field::calcium, -1, 0}}) {
    const auto text = error_text<ConfigError>([&] { engine->set_probes({probe}); });
    EXPECT_NE(text.find("calcium"), std::string::npos) << text;
    EXPECT_NE(text.find("1 heads, 105 elements"), std::string::npos) << text;
  }
  EXPECT_NE(error_text<ConfigError>([&] {
              engine->set_probes({{Field::hidden, 0, hidden}});
            }).find("21 elements"),
            std::string::npos);
  EXPECT_NE(error_text<ConfigError>([&] {
              engine->set_probes({{Field::output, 0, width}});
            }).find("5 elements"),
            std::string::npos);
}

}  // namespace
}  // namespace tripartite::attention
