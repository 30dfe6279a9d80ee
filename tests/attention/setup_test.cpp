#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "attention/batch.hpp"
#include "io/error_text.hpp"
#include "tripartite/attention/phase_plan.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

struct BadSetup {
  std::string name;
  std::function<void(EngineSetup&)> spoil;
  std::string complaint;
};

void PrintTo(const BadSetup& bad, std::ostream* out) { *out << bad.name; }

class InvalidSetup : public testing::TestWithParam<BadSetup> {};

TEST_P(InvalidSetup, IsRejectedWithTheReason) {
  Parameters parameters;
  parameters.heterogeneity = 0.2;
  EngineSetup setup = setup_of(Feature::favor, 6, 12, 4, parameters, 2);
  ASSERT_NO_THROW(make_engine<float>(Backend::cpu, setup));
  GetParam().spoil(setup);
  const auto text = error_text<ConfigError>([&] { make_engine<float>(Backend::cpu, setup); });
  EXPECT_NE(text.find(GetParam().complaint), std::string::npos) << text;
  EXPECT_EQ(error_text<ConfigError>([&] { make_cpu_engine<double>(setup); }), text);
}

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

INSTANTIATE_TEST_SUITE_P(
    Table, InvalidSetup,
    testing::Values(
        BadSetup{"no_heads", [](EngineSetup& s) { s.maps.clear(); }, "heads, width, hidden neurons and tokens"},
        BadSetup{"no_width", [](EngineSetup& s) { s.width = 0; }, "must be positive"},
        BadSetup{"no_hidden", [](EngineSetup& s) { s.hidden = -3; }, "must be positive"},
        BadSetup{"no_tokens", [](EngineSetup& s) { s.tokens = 0; }, "must be positive"},
        BadSetup{"other_width", [](EngineSetup& s) { s.width = 7; }, "another shape"},
        BadSetup{"other_hidden", [](EngineSetup& s) { s.hidden = 13; }, "another shape"},
        BadSetup{"no_astrocyte", [](EngineSetup& s) { s.parameters.astrocytes = 0; }, "astrocyte.count = 0"},
        BadSetup{"more_astrocytes_than_rows", [](EngineSetup& s) { s.parameters.astrocytes = 7; }, "[1, 6]"},
        BadSetup{"factors_of_one_head", [](EngineSetup& s) { s.factors.pop_back(); }, "one set of synapse factors"},
        BadSetup{"few_hebbian_factors", [](EngineSetup& s) { s.factors[1].hebbian.pop_back(); }, "71 synapse factors"},
        BadSetup{"few_store_factors", [](EngineSetup& s) { s.factors[1].store.pop_back(); }, "expected 72"},
        BadSetup{"many_tau", [](EngineSetup& s) { s.factors[1].tau_calcium.push_back(1); }, "73 synapse factors"},
        BadSetup{"tau_of_zero", [](EngineSetup& s) { s.factors[1].tau_calcium[71] = 0; }, "of a synapse = 0 s"},
        BadSetup{"tau_nan", [](EngineSetup& s) { s.factors[0].tau_calcium[0] = not_a_number; }, "of a synapse = nan s"},
        BadSetup{"slots_for_few_tokens",
                 [](EngineSetup& s) {
                   for (FeatureMap& map : s.maps) map.activation = Activation::slots;
                   s.tokens = 13;
                 },
                 "features.m = 12: slots need one hidden neuron per token, at least 13"},
        BadSetup{"slots_in_one_head", [](EngineSetup& s) { s.maps[1].activation = Activation::slots; }, "or none"},
        BadSetup{"short_projection", [](EngineSetup& s) { s.maps[1].key.projection.pop_back(); }, "71 values"},
        BadSetup{"short_norm", [](EngineSetup& s) { s.maps[0].query.norm.pop_back(); }, "norm of a feature map has 35"},
        BadSetup{"tau_input", [](EngineSetup& s) { s.parameters.tau_input = 0; }, "tau_input = 0: must be"},
        BadSetup{"tau_hidden", [](EngineSetup& s) { s.parameters.tau_hidden = -1; }, "tau_hidden = -1: must be"},
        BadSetup{"tau_output", [](EngineSetup& s) { s.parameters.tau_output = not_a_number; }, "tau_output = nan"},
        BadSetup{"tau_calcium", [](EngineSetup& s) { s.parameters.tau_calcium = INFINITY; }, "tau_calcium = inf"},
        BadSetup{"decay", [](EngineSetup& s) { s.parameters.decay_store = -0.5; }, "decay_store = -0.5: must be"},
        BadSetup{"floor", [](EngineSetup& s) { s.parameters.calcium_floor = 0; }, "calcium_floor = 0: must be"},
        BadSetup{"dt", [](EngineSetup& s) { s.parameters.dt = 0; }, "dt = 0: must be finite and positive"}),
    [](const auto& values) { return values.param.name; });

class CallsOutOfRange : public testing::Test {
 protected:
  CallsOutOfRange() : engine_(make_cpu_engine<double>(setup_of(Feature::favor, 6, 12, 4, {}), 1)) {}

  std::string complaint(const std::function<void(Engine<double>&)>& call) {
    return error_text<ConfigError>([&] { call(*engine_); });
  }

  std::unique_ptr<Engine<double>> engine_;
  std::vector<double> rows_ = std::vector<double>(100);
};

TEST_F(CallsOutOfRange, NameTheTokensAndTheCapacity) {
  const double* in = rows_.data();
  double* out = rows_.data();
  EXPECT_EQ(complaint([&](auto& e) { e.load_tokens(2, 3, in, in, in); }),
            "attention engine: tokens 2 to 4 lie outside its capacity of 4");
  EXPECT_NE(complaint([&](auto& e) { e.outputs(-1, 2, out); }).find("tokens -1 to 0"), std::string::npos);
  EXPECT_NE(complaint([&](auto& e) { e.advance(Phase::read, 4, 0.1); }).find("tokens 4 to 4"), std::string::npos);
  EXPECT_NE(complaint([&](auto& e) { e.sample(4); }).find("tokens 4 to 4"), std::string::npos);
  EXPECT_NE(complaint([&](auto& e) { e.store_key(-1); }).find("tokens -1 to -1"), std::string::npos);
}

TEST_F(CallsOutOfRange, NameTheDuration) {
  EXPECT_NE(complaint([](auto& e) { e.advance(Phase::read, 0, -0.1); }).find("phase duration = -0.1 s"),
            std::string::npos);
  EXPECT_NE(complaint([](auto& e) { e.advance(Phase::read, 0, not_a_number); }).find("duration = nan"),
            std::string::npos);
  EXPECT_NE(complaint([](auto& e) { e.advance(Phase::read, 0, INFINITY); }).find("duration = inf"), std::string::npos);
}

TEST_F(CallsOutOfRange, NameTheObservationTime) {
  const auto observe = [&](std::vector<double> times) {
    return complaint([&](auto& e) { e.advance(Phase::read, 0, 0.1, times); });
  };
  EXPECT_NE(observe({0.05, 0.11}).find("observation time = 0.11 s: must be in (0.05, 0.1]"), std::string::npos);
  EXPECT_NE(observe({0.05, 0.04}).find("observation time = 0.04 s"), std::string::npos);
  EXPECT_NE(observe({0.0}).find("observation time = 0 s"), std::string::npos);
}

TEST(SteppingSolver, RejectsTimesThatAreNotMultiplesOfTheStep) {
  Parameters parameters;
  for (const Solver solver : {Solver::exponential_euler, Solver::euler, Solver::rk4}) {
    parameters.solver = solver;
    const auto engine = make_cpu_engine<double>(setup_of(Feature::favor, 6, 12, 4, parameters), 1);
    EXPECT_EQ(error_text<ConfigError>([&] { engine->advance(Phase::read, 0, 0.0105); }),
              "phase duration = 0.0105 s: must be a multiple of solver.dt = 0.001 s for a stepping solver");
    const std::vector<double> observe{0.0045};
    EXPECT_EQ(error_text<ConfigError>([&] { engine->advance(Phase::read, 0, 0.010, observe); }),
              "observation time = 0.0045 s: must be a multiple of solver.dt = 0.001 s for a stepping solver");
    EXPECT_NO_THROW(engine->advance(Phase::read, 0, 0.3));  // 300.00000000000006 steps of 0.001
  }
}

template <class Real>
class NotANumber : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(NotANumber, Precisions);

TYPED_TEST(NotANumber, IsReportedWithHeadNeuronAndTokenAtTheSample) {
  for (const Solver solver : {Solver::exact, Solver::exponential_euler, Solver::euler, Solver::rk4}) {
    Parameters parameters;
    parameters.solver = solver;
    const EngineSetup setup = setup_of(Feature::favor, 6, 12, 3, parameters, 3);
    Tokens tokens = draw_tokens(3, 18, 2);
    tokens.value[18 + 6 + 4] = not_a_number;  // token 1, head 1, neuron 4
    const auto text = error_text<NumericsError>([&] { attend<TypeParam>(setup, tokens, true); });
    EXPECT_NE(text.find("head 1, neuron 4"), std::string::npos) << text;
    EXPECT_NE(text.find("token 1"), std::string::npos) << text;
  }
}

TYPED_TEST(NotANumber, PropagatesFromAKeyToTheOutputOfItsHead) {
  for (const Feature feature : {Feature::favor, Feature::relu, Feature::slots}) {
    const EngineSetup setup = setup_of(feature, 6, 12, 3, {}, 3);
    Tokens tokens = draw_tokens(3, 18, 2);
    tokens.key[12] = not_a_number;  // token 0, head 2
    const auto text = error_text<NumericsError>([&] { attend<TypeParam>(setup, tokens, false); });
    EXPECT_NE(text.find("head 2"), std::string::npos) << text;
  }
}

TEST(Overflow, OfAFiringRateIsReported) {
  const EngineSetup setup = setup_of(Feature::favor, 6, 12, 2, {});
  Tokens tokens = draw_tokens(2, 6, 2);
  for (double& value : tokens.key) value *= 1e30;
  EXPECT_NE(error_text<NumericsError>([&] { attend<float>(setup, tokens, true); }).find("not finite"),
            std::string::npos);
}

TEST(Memory, IsCheckedBeforeAllocating) {
  EngineSetup setup;
  setup.width = 1;
  setup.hidden = 1 << 30;
  setup.tokens = 1 << 30;
  setup.maps = {make_feature_map(Feature::slots, 1, 1 << 30, 1, 0)};
  setup.maps.resize(1 << 12, setup.maps.front());
  const auto text = error_text<MemoryError>([&] { make_engine<double>(Backend::cpu, setup); });
  EXPECT_NE(text.find("4096 heads x 1 x 1073741824 synapses"), std::string::npos) << text;
  EXPECT_NE(text.find("available"), std::string::npos) << text;
}

}  // namespace
}  // namespace tripartite::attention
