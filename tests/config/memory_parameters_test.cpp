#include "host/config/memory_parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/round_trip.hpp"
#include "io/error_text.hpp"
#include "tripartite/error.hpp"

namespace tripartite::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Settings recall_settings(const std::vector<std::string>& assignments) {
  Settings settings(recall_parameters().parameters());
  for (const std::string& assignment : assignments) settings.set(assignment, "--set");
  return settings;
}

std::string recall_complaint(const std::vector<std::string>& assignments) {
  return error_text<ConfigError>([&] { resolve_recall(recall_settings(assignments)); });
}

std::string capacity_complaint(const std::vector<std::string>& assignments) {
  return error_text<ConfigError>([&] {
    Settings settings(capacity_parameters().parameters());
    for (const std::string& assignment : assignments) settings.set(assignment, "--set");
    resolve_capacity(std::move(settings));
  });
}

TEST(RecallParameters, DefaultToTheColdRegime) {
  const memory::Parameters parameters = resolve_recall(recall_settings({})).network.of(100);
  EXPECT_EQ(parameters.hebbian_weight, 1);
  EXPECT_EQ(parameters.process_to_synapse, 2);
  EXPECT_EQ(parameters.synapse_to_process, 2);
  EXPECT_EQ(parameters.memory_weight, 300);
}

TEST(RecallParameters, RefuseWhatPatternsOfThatKindDoNotUse) {
  for (const char* patterns : {"patterns.images=[\"a.png\"]", "patterns.file=a.npy"})
    for (const char* ignored : {"patterns.n=200", "patterns.k=3"})
      EXPECT_THAT(recall_complaint({patterns, ignored}), HasSubstr("is used only for random patterns")) << ignored;
  EXPECT_THAT(recall_complaint({"patterns.side=32"}),
              AllOf(HasSubstr("patterns.side = 32"), HasSubstr("is used only for patterns.images")));
  EXPECT_THAT(recall_complaint({"patterns.file=a.npy", "patterns.neighbourhood=2"}), HasSubstr("is used only for"));
  resolve_recall(recall_settings({"patterns.images=[\"a.png\"]", "patterns.side=32"}));
}

TEST(RecallParameters, AreThoseOfTheTutorialInTheWarmRegime) {
  const RecallConfig config = resolve_recall(recall_settings({"network.regime=warm"}));
  EXPECT_EQ(config.network.regime, memory::Regime::warm);
  const memory::Parameters parameters = config.network.of(100);
  EXPECT_EQ(parameters.process_to_synapse, 1);
  EXPECT_EQ(parameters.synapse_to_process, 1);
  EXPECT_EQ(parameters.memory_weight, 1);
}

TEST(RecallParameters, OverrideTheRegime) {
  const RecallConfig config =
      resolve_recall(recall_settings({"network.regime=warm", "process.memory_weight=0", "synapse.process_weight=3"}));
  EXPECT_EQ(config.network.of(100).memory_weight, 0);
  EXPECT_EQ(config.network.of(100).process_to_synapse, 3);
  EXPECT_EQ(config.network.of(100).synapse_to_process, 1);
}

TEST(MemoryWeight, IsANumberOrAMultipleOfN) {
  EXPECT_EQ(memory_weight("3N", 50), 150);
  EXPECT_EQ(memory_weight("-0.5N", 50), -25);
  EXPECT_EQ(memory_weight("7.5", 50), 7.5);
  for (const std::string text : {"", "N", "3n", "3N2", "nan", "inf", "1e999"})
    EXPECT_THAT(recall_complaint({"process.memory_weight=\"" + text + "\""}), HasSubstr("process.memory_weight"))
        << text;
}

TEST(RecallParameters, RejectInconsistentSettings) {
  EXPECT_THAT(recall_complaint({"patterns.file=a.npy", "patterns.images=b.png"}),
              HasSubstr("must not be given together with patterns.file"));
  EXPECT_THAT(recall_complaint({"cue.corruption=1.5"}), HasSubstr("must be in [0, 1] for flip and occlude"));
  EXPECT_EQ(recall_complaint({"cue.corruption=1.5", "cue.kind=noise"}), "nothing was thrown");
}

TEST(CapacityParameters, RejectInconsistentSettings) {
  EXPECT_THAT(capacity_complaint({"study.k=4,4"}), AllOf(HasSubstr("study.k"), HasSubstr("must rise")));
  EXPECT_THAT(capacity_complaint({"study.n=[]"}), HasSubstr("needs a number of neurons"));
  EXPECT_THAT(capacity_complaint({"study.seeds=[]"}), HasSubstr("needs a seed"));
  EXPECT_EQ(capacity_complaint({"study.k=4,5"}), "nothing was thrown");
}

TEST(RecallConfig, RoundTripsThroughToml) {
  RecallConfig config;
  config.images = {"a, b.png", "\"c\".jpg"};
  config.network.memory_weight = "2.5N";
  config.network.parameters.dt = 0.0125;
  config.cue.corruption = memory::Corruption::occlude;
  const RecallConfig again = resolve_recall(settings_of_file(recall_parameters(), config));
  EXPECT_EQ(recall_parameters().values(again), recall_parameters().values(config));
}

TEST(CapacityConfig, RoundTripsThroughToml) {
  CapacityConfig config;
  config.neurons = {7, 9};
  config.seeds = {5};
  const CapacityConfig again = resolve_capacity(settings_of_file(capacity_parameters(), config));
  EXPECT_EQ(capacity_parameters().values(again), capacity_parameters().values(config));
}

}  // namespace
}  // namespace tripartite::config
