// Modulatory calcium given by a calcium model of part C.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "attention/batch.hpp"
#include "attention/beside_oracle.hpp"
#include "attention/network_cases.hpp"
#include "support/close.hpp"
#include "tripartite/attention/calcium_calibration.hpp"
#include "tripartite/attention/network_attention.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

using tests::BesideOracle;
using tests::NetworkCase;

class CalciumNetwork : public testing::TestWithParam<NetworkCase> {};

TEST_P(CalciumNetwork, FollowsTheEquationsInFloat64) {
  // Both sides round differently over a few hundred steps, and calcium-induced release amplifies the difference.
  BesideOracle<double> twins(GetParam(), make_cpu_engine<double>(tests::make_setup(GetParam()), 2));
  EXPECT_LE(twins.run(), 1e-11);
}

TEST_P(CalciumNetwork, FollowsTheEquationsInFloat32) {
  BesideOracle<float> twins(GetParam(), make_cpu_engine<float>(tests::make_setup(GetParam()), 2));
  EXPECT_LE(twins.run(), 3e-5);
}

INSTANTIATE_TEST_SUITE_P(Networks, CalciumNetwork, testing::ValuesIn(tests::calcium_cases()), tests::case_name);

class ExactCalcium : public testing::TestWithParam<NetworkCase> {};

TEST_P(ExactCalcium, IsTheLimitOfShortSteps) {
  NetworkCase exact = GetParam();
  exact.parameters.solver = Solver::exact;
  exact.gentle_calcium = true;  // the kink of p at its minimum has no order of convergence
  Parameters short_steps = GetParam().parameters;
  short_steps.dt = 1e-4;
  // 1e-4 / 3 ms is a thirtieth of the fastest time constant: (1/30)^4 / 120 = 1e-8 for each state of the cascade.
  BesideOracle<double> twins(exact, short_steps, make_cpu_engine<double>(tests::make_setup(exact), 1));
  // Calcium of gchi can rise autocatalytically, here within 3 ms, which the twelve nodes of a panel resolve to 6e-6.
  EXPECT_LE(twins.run(), 2e-5);
}

std::vector<NetworkCase> rk4_cases() {
  std::vector<NetworkCase> list;
  for (const NetworkCase& each : tests::calcium_cases())
    if (each.parameters.solver == Solver::rk4) list.push_back(each);
  return list;
}
INSTANTIATE_TEST_SUITE_P(Networks, ExactCalcium, testing::ValuesIn(rk4_cases()), tests::case_name);

Parameters with_model(const std::string& model, double speed) {
  Parameters parameters;
  parameters.calcium_model = model;
  parameters.calcium_speed = speed;
  return parameters;
}

/// A network of one head whose processes are calibrated on the tokens that it reads.
EngineSetup fitted(const Parameters& parameters, const Tokens& tokens, int width, int hidden) {
  EngineSetup setup = setup_of(Feature::favor, width, hidden, tokens.count, parameters);
  const auto levels = calcium_levels(setup.maps.front(), {tokens.query, tokens.key, tokens.count}, parameters, false);
  setup.processes.push_back(fit_scale(levels, settled_calcium(parameters), parameters));
  return setup;
}

class FastCalcium : public testing::TestWithParam<std::string> {};

TEST_P(FastCalcium, DividesByAStaticFunctionOfTheGlobalCalcium) {
  const Tokens tokens = draw_tokens(5, 8, 2, 0.5);
  const EngineSetup setup = fitted(with_model(GetParam(), 3000), tokens, 8, 24);
  const ProcessScale& scale = setup.processes.front();
  const CalciumCurve curve = settled_calcium(setup.parameters);
  const auto levels =
      calcium_levels(setup.maps.front(), {tokens.query, tokens.key, tokens.count}, setup.parameters, false);
  std::vector<double> expected = linear_attention(setup, tokens);
  for (int t = 0; t < 5; ++t) {
    const double level = levels.read[std::size_t(t)],
                 p = scale.gain * (curve.at(scale.production * level) - scale.rest);
    for (int i = 0; i < 8; ++i) expected[std::size_t(t) * 8 + std::size_t(i)] *= level / p;
  }
  // Reads last 50 neuronal time constants; settling leaves an error of 5e-4, linear interpolation of the curve 1e-3.
  EXPECT_LT(relative_l2(attend(setup, tokens), expected), 3e-3);
}

TEST_P(FastCalcium, MatchesLinearAttentionUnderWeakDrive) {
  const Tokens tokens = draw_tokens(5, 8, 2, 0.5);
  double last = 5;
  for (const double production : {0.01, 0.001}) {
    Parameters parameters = with_model(GetParam(), 3000);
    parameters.calcium_production = production;
    const EngineSetup setup = fitted(parameters, tokens, 8, 24);
    const double error = relative_l2(attend(setup, tokens), linear_attention(setup, tokens));
    EXPECT_LT(error, 0.2 * last);
    last = error;
  }
  EXPECT_LT(last, 0.02);  // the smaller the excursion of calcium, the smaller its nonlinearity
}

TEST_P(FastCalcium, ForgetsAfterReset) {
  const Tokens tokens = draw_tokens(3, 8, 2, 0.5);
  const EngineSetup setup = fitted(with_model(GetParam(), 10), tokens, 8, 24);
  const auto engine = make_cpu_engine<double>(setup, 1);
  const auto first = attend(*engine, setup, tokens, false);
  engine->reset();
  EXPECT_EQ(attend(*engine, setup, tokens, false), first);
}

INSTANTIATE_TEST_SUITE_P(Models, FastCalcium, testing::Values("li_rinzel", "gchi"),
                         [](const auto& each) { return each.param; });

TEST(SettledCalcium, StartsAtTheRestOfLiRinzel) {
  Parameters parameters = with_model("li_rinzel", 1);
  parameters.calcium_production = 0.05;
  const CalciumCurve curve = settled_calcium(parameters);
  const double I = curve.states[0].front(), C = curve.rest(), h = curve.states[2].front();
  EXPECT_NEAR(I, 0.16, 1e-12);
  EXPECT_NEAR(C * h, 1.049 * (I + 0.13) / (I + 0.9434) * (1 - h), 1e-9);
  const double active = I / (I + 0.13) * C / (C + 0.08234) * h;
  EXPECT_NEAR((6 * std::pow(active, 3) + 0.11) * (2 - 1.185 * C), 0.9 * C * C / (C * C + 0.01), 1e-9);
  // Calcium oscillates once IP3 has risen by 0.15 to 0.2 uM; IP3 decays in 7.142 s.
  EXPECT_GT(curve.oscillates_from(), 0.15 / 7.142);
  EXPECT_LT(curve.oscillates_from(), 0.2 / 7.142);
}

TEST(CalciumLevels, MatchTheLevelsOfTheNetwork) {
  Parameters parameters;
  parameters.settle_time = 0.4;
  parameters.read_time = 1.5;
  for (const Feature feature : {Feature::slots, Feature::favor})
    for (const bool causal : {false, true}) {
      const Tokens tokens = draw_tokens(4, 8, 5, 0.7);
      const EngineSetup setup = setup_of(feature, 8, 24, 4, parameters);
      const auto levels =
          calcium_levels(setup.maps.front(), {tokens.query, tokens.key, tokens.count}, parameters, causal);
      const auto engine = make_cpu_engine<double>(setup, 1);
      attend(*engine, setup, tokens, causal);
      EXPECT_NEAR(engine->field(Field::calcium, 0).front(), levels.read.back(), 1e-8 * levels.read.back());
      EXPECT_GE(levels.largest, *std::max_element(levels.read.begin(), levels.read.end()));
    }
}

TEST(CalciumSetup, RejectsInvalidScales) {
  const Tokens tokens = draw_tokens(3, 8, 2, 0.5);
  const EngineSetup fine = fitted(with_model("gchi", 10), tokens, 8, 24);
  EngineSetup missing = fine, negative = fine, needless = fine;
  missing.processes.clear();
  negative.processes.front().gain = -1;
  needless.parameters.calcium_model = linear_calcium;
  for (const EngineSetup& setup : {missing, negative, needless})
    EXPECT_THROW(make_cpu_engine<double>(setup, 1), ConfigError);
  NetworkOptions options;
  options.parameters = fine.parameters;
  EXPECT_THROW(
      NetworkAttention<double>({.layers = 1, .heads = 1, .head_size = 8, .max_tokens = 3, .causal = true}, options),
      ConfigError);
}

}  // namespace
}  // namespace tripartite::attention
