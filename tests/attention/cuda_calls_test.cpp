// The interface of the CUDA engine apart from the equations: frames, outputs, errors, independence of heads and runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "attention/beside_oracle.hpp"
#include "attention/network_cases.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::tests {
namespace {

using attention::Engine;
using attention::EngineSetup;
using attention::Feature;
using attention::Field;
using attention::make_cuda_engine;
using attention::Phase;
using attention::Probe;
using attention::Solver;
using testing::AllOf;
using testing::HasSubstr;

#define REQUIRE_CUDA() \
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason

NetworkCase small_network(Solver solver) {
  NetworkCase network{.feature = Feature::favor, .heads = 3, .width = 7, .hidden = 33, .tokens = 2};
  network.parameters = brisk_parameters(solver);
  network.parameters.heterogeneity = 0.2;
  network.parameters.astrocytes = 2;
  return network;
}

template <class Real>
BesideOracle<Real> beside_oracle(const NetworkCase& network) {
  return {network, make_cuda_engine<Real>(make_setup(network))};
}

/// Probes of every field in every head, all at different indices: more than one block gathers.
std::vector<Probe> scattered_probes(const NetworkCase& network) {
  std::vector<Probe> probes;
  for (std::size_t place = 0; place < 7; ++place)
    for (const auto& info : attention::fields)
      for (int head = network.heads - 1; head >= 0; --head)
        probes.push_back({info.field, head,
                          info.extent == attention::Extent::synapse ? 40 + 11 * place + std::size_t(head)
                                                                    : (place + std::size_t(head)) % 7});
  return probes;
}

class CudaFrames : public testing::TestWithParam<Solver> {};

TEST_P(CudaFrames, MatchTheStatesAtTheirTimes) {
  REQUIRE_CUDA();
  const NetworkCase network = small_network(GetParam());
  auto twins = beside_oracle<double>(network);
  const std::vector<Probe> probes = scattered_probes(network);
  twins.engine().set_probes(probes);
  const std::vector<double> observe{0.001, 0.004, 0.010};
  std::vector<double> expected;
  for (const Phase phase : {Phase::settle, Phase::write, Phase::delay, Phase::read}) {
    twins.engine().advance(phase, 1, 0.012, observe);
    double time = 0;
    for (const double until : {0.001, 0.004, 0.010, 0.012}) {
      twins.oracle().advance(phase, 1, until - time);
      time = until;
      if (until == 0.012) continue;
      for (const Probe& probe : probes) expected.push_back(twins.oracle().field(probe.field, probe.head)[probe.index]);
    }
  }
  const std::vector<double> frames = twins.engine().take_frames();
  ASSERT_EQ(frames.size(), expected.size());
  for (std::size_t n = 0; n < frames.size(); ++n)
    // The oracle's exact panels restart at every observation; both resolve the transients to about 1e-13.
    EXPECT_NEAR(frames[n], expected[n], 1e-11 * std::abs(expected[n]) + 1e-13)
        << "frame " << n / probes.size() << ", " << attention::info(probes[n % probes.size()].field).name;
  EXPECT_LE(twins.state_error(), 1e-11);
  EXPECT_TRUE(twins.engine().take_frames().empty());
}

INSTANTIATE_TEST_SUITE_P(Solvers, CudaFrames,
                         testing::Values(Solver::exact, Solver::exponential_euler, Solver::euler, Solver::rk4));

TEST(CudaFrames, AreAllKept) {
  REQUIRE_CUDA();
  NetworkCase network = small_network(Solver::exponential_euler);
  network.width = network.hidden = network.heads = 1;
  network.parameters.astrocytes = 1;
  auto twins = beside_oracle<float>(network);
  twins.engine().set_probes({{Field::key, 0, 0}});
  std::vector<double> every_step;
  for (int step = 1; step <= 25; ++step) every_step.push_back(0.001 * step);
  std::vector<float> expected;
  for (int call = 0; call < 6; ++call) {
    twins.engine().advance(Phase::settle, 0, 0.025, every_step);
    for (int step = 0; step < 25; ++step) {
      twins.oracle().advance(Phase::settle, 0, 0.001);
      expected.push_back(float(twins.oracle().field(Field::key, 0)[0]));
    }
  }
  const std::vector<float> frames = twins.engine().take_frames();
  ASSERT_EQ(frames.size(), expected.size());
  for (std::size_t n = 0; n < frames.size(); ++n) EXPECT_NEAR(frames[n], expected[n], 1e-6f) << n;
}

TEST(CudaFrames, AreEmptyWithoutProbes) {
  REQUIRE_CUDA();
  auto twins = beside_oracle<float>(small_network(Solver::exact));
  const std::vector<double> observe{0.005};
  twins.engine().advance(Phase::settle, 0, 0.01, observe);
  EXPECT_TRUE(twins.engine().take_frames().empty());
}

TEST(CudaFrames, RestartWithOtherProbes) {
  REQUIRE_CUDA();
  auto twins = beside_oracle<float>(small_network(Solver::exact));
  const std::vector<double> observe{0.005};
  twins.engine().set_probes({{Field::hidden, 2, 0}, {Field::hidden, 0, 0}});
  twins.engine().advance(Phase::settle, 0, 0.01, observe);
  twins.engine().set_probes({{Field::hidden, 1, 3}});
  twins.engine().advance(Phase::settle, 0, 0.01, observe);
  EXPECT_EQ(twins.engine().take_frames().size(), 1u);
}

TEST(CudaEngine, RejectsAnInvalidProbe) {
  REQUIRE_CUDA();
  auto twins = beside_oracle<float>(small_network(Solver::exact));
  try {
    twins.engine().set_probes({{Field::calcium, 0, 7 * 33}});
    FAIL() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("calcium"), HasSubstr("231")));
  }
  EXPECT_THROW(twins.engine().set_probes({{Field::key, 3, 0}}), ConfigError);
  EXPECT_THROW(twins.engine().field(Field::key, 3), ConfigError);
}

TEST(CudaEngine, ReturnsTheSampledOutputs) {
  REQUIRE_CUDA();
  const NetworkCase network = small_network(Solver::exact);
  auto twins = beside_oracle<double>(network);
  std::vector<double> expected;
  for (int token = 0; token < network.tokens; ++token) {
    twins.write(token);
    twins.read(token);
    if (token == 1)
      for (int head = 0; head < network.heads; ++head)
        for (const double value : twins.oracle().field(Field::output, head)) expected.push_back(value);
  }
  std::vector<double> context(network.heads * network.width);
  twins.engine().outputs(1, 1, context.data());
  for (std::size_t n = 0; n < context.size(); ++n) EXPECT_NEAR(context[n], expected[n], 1e-11) << n;
}

class CudaEngineFeatures : public testing::TestWithParam<Feature> {};

// Not all operations propagate NaN: the maximum of NaN and 0 is 0.
TEST_P(CudaEngineFeatures, NamesHeadAndTokenOfANaNQuery) {
  REQUIRE_CUDA();
  NetworkCase network = small_network(Solver::exponential_euler);
  network.feature = GetParam();
  if (network.feature == Feature::elu1) network.hidden = network.width;
  const auto engine = make_cuda_engine<float>(make_setup(network));
  const std::vector<float> values = converted<float>(draw_tokens(network, 0, 1.0));
  std::vector<float> query = values;
  query[(1 * 3 + 2) * 7 + 3] = std::numeric_limits<float>::quiet_NaN();  // token 1, head 2
  engine->load_tokens(0, 2, query.data(), values.data(), values.data());
  for (int token = 0; token < 2; ++token) {
    engine->advance(Phase::settle, token, 0.01);
    engine->advance(Phase::write, token, 0.01);
    engine->store_key(token);
    if (token == 0) engine->advance(Phase::read, 0, 0.01), engine->sample(0);
  }
  engine->advance(Phase::read, 1, 0.01);
  engine->sample(1);
  std::vector<float> context(2 * 3 * 7);
  EXPECT_NO_THROW(engine->outputs(0, 1, context.data()));
  try {
    engine->outputs(0, 2, context.data());
    FAIL() << "no error";
  } catch (const NumericsError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("head 2, neuron 0"), HasSubstr("token 1")));
  }
}

INSTANTIATE_TEST_SUITE_P(Features, CudaEngineFeatures,
                         testing::Values(Feature::slots, Feature::favor, Feature::relu, Feature::elu1));

TEST(CudaEngine, RepeatsARunBitForBitAfterAReset) {
  REQUIRE_CUDA();
  for (const Feature feature : {Feature::favor, Feature::slots}) {
    NetworkCase network = small_network(Solver::exact);
    network.feature = feature;
    network.parameters.heterogeneity = 0;
    auto twins = beside_oracle<float>(network);
    std::vector<std::vector<float>> runs;
    for (int run = 0; run < 2; ++run) {
      for (int token = 0; token < network.tokens; ++token) twins.write(token);
      twins.read(0);
      runs.push_back(twins.engine().field(Field::calcium, 2));
      const std::vector<float> output = twins.engine().field(Field::output, 2);
      runs.back().insert(runs.back().end(), output.begin(), output.end());
      twins.engine().reset();
    }
    EXPECT_EQ(runs[0], runs[1]);
    for (const float value : twins.engine().field(Field::store, 0)) EXPECT_EQ(value, 0.0f);
  }
}

// With several devices this also checks that the result does not depend on the distribution of heads.
TEST(CudaEngine, HeadsDoNotDependOnTheBatch) {
  REQUIRE_CUDA();
  NetworkCase network = small_network(Solver::exact);
  network.parameters.heterogeneity = 0;
  const EngineSetup setup = make_setup(network);
  const std::vector<float> tokens = converted<float>(draw_tokens(network, 0, 1.0));
  const auto run = [&](const EngineSetup& some, const std::vector<float>& input, int head) {
    const auto engine = make_cuda_engine<float>(some);
    engine->load_tokens(0, 2, input.data(), input.data(), input.data());
    engine->advance(Phase::settle, 0, 0.005);
    engine->advance(Phase::write, 0, 0.012);
    engine->advance(Phase::read, 1, 0.017);
    std::vector<float> state = engine->field(Field::output, head);
    const std::vector<float> calcium = engine->field(Field::calcium, head);
    state.insert(state.end(), calcium.begin(), calcium.end());
    return state;
  };
  for (int head = 0; head < network.heads; ++head) {
    EngineSetup alone = setup;
    alone.maps = {setup.maps[head]};
    alone.factors = {setup.factors[head]};
    std::vector<float> own;
    for (int token = 0; token < 2; ++token)
      own.insert(own.end(), tokens.begin() + (token * 3 + head) * 7, tokens.begin() + (token * 3 + head + 1) * 7);
    EXPECT_EQ(run(setup, tokens, head), run(alone, own, 0)) << "head " << head;
  }
}

TEST(CudaEngine, ReportsInsufficientMemoryBeforeAllocating) {
  REQUIRE_CUDA();
  EngineSetup setup;
  setup.width = 1 << 12;
  setup.hidden = 1 << 30;
  setup.tokens = 1;
  attention::FeatureMap map;
  map.activation = attention::Activation::slots;
  map.width = setup.width;
  map.hidden = setup.hidden;
  setup.maps = {map};
  try {
    make_cuda_engine<float>(setup);
    FAIL() << "no error";
  } catch (const MemoryError& error) {
    // H, g, p and the stored keys, 4 bytes each, need 2^46 bytes = 65536 GiB, the rest slightly more.
    EXPECT_THAT(error.what(), AllOf(testing::ContainsRegex("needs 330[01]. GiB"), HasSubstr("available")));
  }
}

TEST(CudaEngine, AcceptsHeadsOfDifferentFeatureMaps) {
  REQUIRE_CUDA();
  const NetworkCase network = small_network(Solver::exponential_euler);
  EngineSetup setup = make_setup(network);
  setup.maps[1] = attention::make_feature_map(Feature::relu, setup.width, setup.hidden, 5, 5);
  const std::vector<double> tokens = draw_tokens(network, 0, 1.0);
  const auto engine = make_cuda_engine<double>(setup);
  engine->load_tokens(0, 2, tokens.data(), tokens.data(), tokens.data());
  NetworkOracle oracle(setup, tokens, tokens, tokens);
  for (const Phase phase : {Phase::settle, Phase::write, Phase::read}) {
    engine->advance(phase, 1, 0.012);
    oracle.advance(phase, 1, 0.012);
  }
  for (int head = 0; head < network.heads; ++head)
    EXPECT_LE(field_error(*engine, oracle, Field::output, network.heads), 1e-12);
}

TEST(CudaEngine, RejectsSlotsMixedWithOtherHeads) {
  REQUIRE_CUDA();
  EngineSetup setup = make_setup(small_network(Solver::exact));
  setup.maps[1].activation = attention::Activation::slots;
  EXPECT_THROW(make_cuda_engine<float>(setup), ConfigError);
}

TEST(CudaEngine, RejectsTokensBeyondItsCapacity) {
  REQUIRE_CUDA();
  const NetworkCase network = small_network(Solver::exact);
  const auto engine = make_cuda_engine<float>(make_setup(network));
  std::vector<float> values(3 * 3 * 7);
  EXPECT_THROW(engine->load_tokens(0, 3, values.data(), values.data(), values.data()), ConfigError);
  EXPECT_THROW(engine->advance(Phase::read, 2, 0.01), ConfigError);
  EXPECT_THROW(engine->advance(Phase::write, -1, 0.01), ConfigError);
  EXPECT_THROW(engine->sample(2), ConfigError);
  EXPECT_THROW(engine->store_key(2), ConfigError);
  EXPECT_THROW(engine->outputs(1, 2, values.data()), ConfigError);
  EXPECT_NO_THROW(engine->advance(Phase::delay, -1, 0.01));
}

TEST(CudaEngine, RejectsAPhaseThatIsNotAMultipleOfTheStep) {
  REQUIRE_CUDA();
  const auto engine = make_cuda_engine<float>(make_setup(small_network(Solver::rk4)));
  EXPECT_THROW(engine->advance(Phase::settle, 0, 0.0105), ConfigError);
}

}  // namespace
}  // namespace tripartite::tests
