#include "host/config/attend_parameters.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "config/round_trip.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;

AttendConfig with(const std::vector<std::string>& assignments) {
  Settings settings(attend_parameters().parameters());
  for (const auto& assignment : assignments) settings.set(assignment, "--set");
  return attend_parameters().resolve(settings);
}

std::string complaint(const std::vector<std::string>& assignments) {
  try {
    with(assignments);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(AttendParameters, HaveTheDefaultsOfTheModelDescription) {
  const AttendConfig config = with({});
  const attention::Parameters& network = config.network;
  EXPECT_EQ(network.tau_input, 0.010);
  EXPECT_EQ(network.tau_hidden, 0.010);
  EXPECT_EQ(network.tau_output, 0.010);
  EXPECT_EQ(network.tau_calcium, 0.050);
  EXPECT_EQ(network.effective_tau_hebbian(), 0.100);
  EXPECT_EQ(network.effective_tau_store(), 0.100);
  EXPECT_EQ(network.decay_hebbian, 0);
  EXPECT_EQ(network.decay_store, 0);
  EXPECT_EQ(network.calcium_floor, 1e-12);
  EXPECT_EQ(network.settle_time, 0.100);
  EXPECT_EQ(network.write_time, 0.100);
  EXPECT_EQ(network.delay_time, 0);
  EXPECT_EQ(network.read_time, 0.500);
  EXPECT_EQ(network.dt, 0.001);
  EXPECT_EQ(network.heterogeneity, 0);
  EXPECT_EQ(network.astrocytes, 1);
}

TEST(AttendParameters, RejectInvalidCalciumModels) {
  EXPECT_THAT(complaint({"astrocyte.model=goldbeter"}), AllOf(HasSubstr("astrocyte.model"), HasSubstr("li_rinzel")));
  for (const std::string key : {"astrocyte.speed", "astrocyte.production", "astrocyte.least"})
    EXPECT_THAT(complaint({key + "=0"}), AllOf(HasSubstr(key), HasSubstr("0"))) << key;
  // 17 /s times the speed is the fastest rate of gchi: 2.785 / (17 * 200) = 0.82 ms.
  EXPECT_THAT(complaint({"astrocyte.model=gchi", "astrocyte.speed=200", "solver.method=rk4", "solver.dt=0.001"}),
              AllOf(HasSubstr("solver.dt"), HasSubstr("astrocyte.speed"), HasSubstr("0.0008191")));
  EXPECT_EQ(complaint({"astrocyte.model=gchi", "astrocyte.speed=200", "solver.method=exponential_euler"}),
            "nothing was refused");
}

// Each key must change only its own variable; this detects a wrongly copied accessor.
TEST(AttendParameters, EachChangesOnlyItsOwnValue) {
  const auto& table = attend_parameters();
  for (std::size_t i = 0; i < table.parameters().size(); ++i) {
    const Parameter& parameter = table.parameters()[i];
    // Parameters of a calcium model can be changed where it is chosen.
    std::vector<std::string> settings;
    for (const CalciumModel& model : calcium_models())
      if (parameter.key.starts_with(std::string(model.name) + "."))
        settings.push_back(fmt::format("astrocyte.model={}", model.name));
    const std::vector<Value> before = table.values(with(settings));
    std::string other;
    switch (parameter.type) {
      case Type::real: other = "0.25"; break;
      case Type::integer: other = "3"; break;
      case Type::boolean: other = std::get<bool>(before[i]) ? "false" : "true"; break;
      case Type::text:
        other = parameter.key == "astrocyte.model"      ? "gchi"
                : parameter.key.starts_with("run.max_") ? "90"
                                                        : "something";
        break;
      case Type::choice: other = parameter.choices.back(); break;
      case Type::real_list: other = "0.25"; break;
      case Type::integer_list: other = "3"; break;
      case Type::text_list: other = parameter.choices.empty() ? "5:5" : parameter.choices.front(); break;
    }
    settings.push_back(parameter.key + "=" + other);
    const std::vector<Value> after = table.values(with(settings));
    for (std::size_t j = 0; j < before.size(); ++j)
      EXPECT_EQ(before[j] == after[j], i != j) << parameter.key << " and " << table.parameters()[j].key;
  }
}

TEST(AttendParameters, HaveDistinctKeysAndOptions) {
  std::set<std::string> keys, options;
  for (const Parameter& parameter : attend_parameters().parameters()) {
    EXPECT_TRUE(keys.insert(parameter.key).second) << parameter.key;
    EXPECT_TRUE(parameter.option.empty() || options.insert(parameter.option).second) << parameter.option;
    EXPECT_FALSE(parameter.meaning.empty()) << parameter.key;
  }
}

TEST(AttendParameters, RequireStepsThatDivideThePhases) {
  EXPECT_THAT(complaint({"solver.method=euler", "solver.dt=0.003"}),
              AllOf(HasSubstr("--set: solver.dt = 0.003: must divide schedule.settle_time = 0.1 s")));
  EXPECT_EQ(complaint({"solver.method=exact", "solver.dt=0.003"}), "nothing was refused");
  EXPECT_EQ(complaint({"solver.method=euler", "solver.dt=0.004"}), "nothing was refused");
}

TEST(AttendParameters, RejectAnUnstableStep) {
  EXPECT_THAT(
      complaint({"solver.method=euler", "solver.dt=0.025"}),
      AllOf(HasSubstr("solver.dt = 0.025: must be at most 0.02 s"), HasSubstr("euler"), HasSubstr("neuron.tau_")));
  EXPECT_EQ(complaint({"solver.method=rk4", "solver.dt=0.025"}), "nothing was refused");
  EXPECT_THAT(complaint({"solver.method=rk4", "solver.dt=0.05"}), HasSubstr("must be at most 0.02785 s"));
  EXPECT_EQ(complaint({"solver.method=exponential_euler", "solver.dt=0.05"}), "nothing was refused");
}

TEST(AttendParameters, RejectTooManySteps) {
  EXPECT_THAT(complaint({"solver.method=rk4", "solver.dt=1e-300"}), HasSubstr("must be at most 100000000 steps"));
}

TEST(Recording, TakesFramesAtStepEnds) {
  attention::Parameters network;
  network.dt = 0.004;
  const Recording recording;
  EXPECT_EQ(recording.effective_interval(network), 0.010);
  network.solver = attention::Solver::euler;
  EXPECT_DOUBLE_EQ(recording.effective_interval(network), 0.012);
  network.dt = 0.001;
  EXPECT_DOUBLE_EQ(recording.effective_interval(network), 0.010);
  Recording none;
  none.interval = 0;
  EXPECT_EQ(none.effective_interval(network), 0);
  // As floating-point numbers, 0.3 / 0.1 is less than 3 and 0.35 / 0.05 less than 7.
  none.interval = 0.3;
  network.dt = 0.1;
  EXPECT_DOUBLE_EQ(none.effective_interval(network), 0.3);
  none.interval = 0.35;
  network.dt = 0.05;
  EXPECT_DOUBLE_EQ(none.effective_interval(network), 0.35);
}

TEST(AttendParameters, RejectMalformedHeads) {
  for (const std::string head : {"0", "0:", ":1", "a:b", "-1:0", "0:0:0", "0:1x"})
    EXPECT_THAT(complaint({"recording.heads=" + head}), HasSubstr("must be layer:head")) << head;
}

TEST(AttendParameters, RejectTwoTexts) {
  EXPECT_THAT(complaint({"input.text=a", "input.text_file=b"}), HasSubstr("together with input.text"));
}

TEST(AttendParameters, SetParametersOfTheCalciumModel) {
  const AttendConfig config = with({"astrocyte.model=li_rinzel", "li_rinzel.r_C=5"});
  EXPECT_EQ(config.network.calcium_model, "li_rinzel");
  attention::Parameters expected;
  attention::calcium_parameter(expected, "li_rinzel", "r_C") = 5;
  expected.calcium_model = "li_rinzel";
  EXPECT_EQ(attention::calcium_parameters_of(config.network), attention::calcium_parameters_of(expected));
  EXPECT_THAT(complaint({"astrocyte.model=li_rinzel", "li_rinzel.r_C=-1"}), HasSubstr("li_rinzel.r_C"));
  EXPECT_THAT(complaint({"astrocyte.model=li_rinzel", "gchi.O_delta=0.5"}),
              AllOf(HasSubstr("gchi.O_delta"), HasSubstr("astrocyte.model")));
  EXPECT_THAT(complaint({"gchi.O_delta=0.5"}), HasSubstr("gchi.O_delta"));
}

TEST(AttendConfig, RoundTripsThroughToml) {
  AttendConfig config;
  config.text = "To be, \"or\"\nnot.";
  config.network.tau_calcium = 0.07;
  config.features.map = attention::Feature::relu;
  config.recording.fields = {attention::Field::hidden};
  const AttendConfig again = attend_parameters().resolve(settings_of_file(attend_parameters(), config));
  EXPECT_EQ(attend_parameters().values(again), attend_parameters().values(config));
}

}  // namespace
}  // namespace tripartite::config
