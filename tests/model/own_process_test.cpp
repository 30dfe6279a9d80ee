// A calcium model of somebody else's, with four states in an order of its own, as the calcium of attention.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "attention/batch.hpp"
#include "model/own_model.hpp"
#include "support/close.hpp"
#include "support/scalar_methods.hpp"
#include "tripartite/attention/calcium_calibration.hpp"
#include "tripartite/attention/process_loops.hpp"
#include "tripartite/error.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::attention {
namespace {

using oracle::Values;

/// The order of the states in the model, which is none that attention knows.
enum { S, I, h, C };

/// Known by name from here on.
const CalciumModel& own() {
  static const bool is_added = [] {
    add_calcium_model(calcium_model<OwnCalcium>());
    return true;
  }();
  return find_calcium_model(is_added ? "own_calcium" : "");
}

Parameters own_parameters(double speed) {
  own();
  Parameters parameters;
  parameters.calcium_model = "own_calcium";
  parameters.calcium_speed = speed;
  return parameters;
}

oracle::Rates rates(const Values& y, double produced, double speed, double release, double pump) {
  const double bound = y[I] / (y[I] + 0.3);
  const double flow = release * bound * bound * y[h] + 0.05, uptake = pump / (y[C] + 0.2);
  oracle::Rates result{{uptake * y[C] / 0.2, 0.02 + produced, 0.15, flow * 0.2 * y[S]},
                       {flow, 0.1, 0.15 * (1 + y[C] / 0.4), uptake}};
  for (auto* values : {&result.gain, &result.loss})
    for (double& value : *values) value *= speed;
  return result;
}

class OwnProcess : public testing::TestWithParam<integrate::LinearMethod> {};

TEST_P(OwnProcess, FollowsTheEquations) {
  using integrate::LinearMethod;
  const oracle::Step step = GetParam() == LinearMethod::euler ? oracle::euler
                            : GetParam() == LinearMethod::rk4 ? oracle::rk4
                                                              : oracle::exponential_euler;
  constexpr int panels = 400;
  const int stages = integrate::stages_of(GetParam());
  constexpr double dt = 1e-3, speed = 20, global_calcium = 0.5;
  Parameters parameters = own_parameters(speed);
  calcium_parameter(parameters, "own_calcium", "release") = 5;
  calcium_parameter(parameters, "own_calcium", "pump") = 2;
  ProcessScale scale{.production = 0.4, .gain = 30, .rest = 0.05, .least = 0.1};
  const std::vector<double> lengths(panels, dt), drive(std::size_t(panels * stages), global_calcium);
  std::vector<double> calcium(drive.size()), state{8, 0.1, 0.8, 0.1};
  const double end =
      own().processes().follow<double>(calcium_parameters_of(parameters).data(), {.scale = &scale,
                                                                                  .speed = speed,
                                                                                  .method = GetParam(),
                                                                                  .panels = panels,
                                                                                  .stages = stages,
                                                                                  .lengths = lengths.data(),
                                                                                  .global_calcium = drive.data(),
                                                                                  .state = state.data(),
                                                                                  .calcium = calcium.data()});
  Values y{8, 0.1, 0.8, 0.1};
  for (int panel = 0; panel < panels; ++panel) {
    // The first stage sees the calcium at the beginning of the step. 1e-12: rounding over 400 steps.
    ASSERT_NEAR(calcium[std::size_t(panel * stages)], std::max(30 * (y[C] - 0.05), 0.1), 1e-12 * 30) << panel;
    y = step([&](double, const Values& at) { return rates(at, 0.4 * global_calcium, speed, 5, 2); }, 0, dt, y);
  }
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(state[i], y[i], 1e-12 * y[i]) << i;
  EXPECT_NEAR(end, std::max(30 * (y[C] - 0.05), 0.1), 1e-12 * 30);
}

INSTANTIATE_TEST_SUITE_P(Methods, OwnProcess,
                         testing::Values(integrate::LinearMethod::exponential_euler, integrate::LinearMethod::euler,
                                         integrate::LinearMethod::rk4));

TEST(OwnCalciumCurve, SettlesWhereTheRatesVanish) {
  const CalciumCurve curve = settled_calcium(own_parameters(1));
  for (const std::size_t point : {std::size_t(0), curve.production.size() - 1}) {
    Values y;
    for (const auto& values : curve.states) y.push_back(values[point]);
    ASSERT_EQ(y.size(), 4u);
    // What the store loses is in the cytosol.
    EXPECT_NEAR(y[C] + 0.2 * y[S], 0.1 + 0.2 * 8, 1e-10);
    const oracle::Rates at = rates(y, curve.production[point], 1, 4, 2.5);
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(at.gain[i], at.loss[i] * y[i], 1e-9) << i;
    EXPECT_EQ(curve.calcium[point], y[C]);
  }
}

/// A network of one head whose processes are calibrated on the tokens that it reads.
EngineSetup fitted(const Parameters& parameters, const Tokens& tokens) {
  EngineSetup setup = setup_of(Feature::favor, 8, 24, tokens.count, parameters);
  const auto levels = calcium_levels(setup.maps.front(), {tokens.query, tokens.key, tokens.count}, parameters, false);
  setup.processes.push_back(fit_scale(levels, settled_calcium(parameters), parameters));
  return setup;
}

TEST(OwnCalciumAttention, MatchesLinearAttentionUnderWeakDrive) {
  const Tokens tokens = draw_tokens(5, 8, 2, 0.5);
  double last = 5;
  for (const double production : {0.01, 0.001}) {
    Parameters parameters = own_parameters(3000);
    parameters.calcium_production = production;
    const EngineSetup setup = fitted(parameters, tokens);
    const double error = relative_l2(attend(setup, tokens), linear_attention(setup, tokens));
    EXPECT_LT(error, 0.2 * last);
    last = error;
  }
  EXPECT_LT(last, 0.02);  // the smaller the excursion of calcium, the smaller its nonlinearity
}

TEST(OwnCalciumAttention, ContinuesFromASavedState) {
  const Tokens tokens = draw_tokens(3, 8, 2, 0.5);
  Parameters parameters = own_parameters(10);
  parameters.heterogeneity = 0.2;
  const EngineSetup setup = fitted(parameters, tokens);
  const auto whole = make_cpu_engine<double>(setup, 1), begun = make_cpu_engine<double>(setup, 1);
  const auto prepare = [&](Engine<double>& engine) {
    load(engine, tokens);
    engine.advance(Phase::settle, 0, 0.1);
    engine.advance(Phase::write, 0, 0.1);
  };
  prepare(*whole);
  prepare(*begun);
  std::stringstream saved;
  begun->save(saved);
  const auto continued = make_cpu_engine<double>(setup, 1);
  continued->load(saved);
  for (Engine<double>* engine : {whole.get(), continued.get()}) engine->advance(Phase::read, 0, 0.3);
  EXPECT_EQ(continued->field(Field::calcium, 0), whole->field(Field::calcium, 0));
  EXPECT_EQ(continued->field(Field::output, 0), whole->field(Field::output, 0));

  EngineSetup other = setup;
  calcium_parameter(other.parameters, "own_calcium", "pump") = 2;
  saved.clear();
  saved.seekg(0);
  EXPECT_THROW(make_cpu_engine<double>(other, 1)->load(saved), Error);
}

TEST(OwnCalciumAttention, RejectsInvalidParameters) {
  const Tokens tokens = draw_tokens(3, 8, 2, 0.5);
  const EngineSetup fine = fitted(own_parameters(10), tokens);
  EngineSetup unknown = fine, too_few = fine, negative = fine;
  unknown.parameters.calcium_model = "nobody's";
  too_few.parameters.calcium_parameters["own_calcium"] = {1, 2};
  calcium_parameter(negative.parameters, "own_calcium", "pump") = -1;
  for (const EngineSetup& setup : {unknown, too_few, negative})
    EXPECT_THROW(make_cpu_engine<double>(setup, 1), ConfigError);
  EXPECT_THROW(calcium_parameter(negative.parameters, "own_calcium", "pumps"), ConfigError);
  Parameters fast = own_parameters(1);
  calcium_parameter(fast, "own_calcium", "pump") = 1e9;
  EXPECT_THROW(settled_calcium(fast), ConfigError);
}

TEST(CalciumModels, HaveOneOfEachName) {
  EXPECT_EQ(own().name, "own_calcium");
  EXPECT_EQ(calcium_models().front().name, "gchi");
  EXPECT_THROW(add_calcium_model(calcium_model<OwnCalcium>()), ConfigError);
}

}  // namespace
}  // namespace tripartite::attention
