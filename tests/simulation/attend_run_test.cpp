// The main job through the library: what must hold of the built-in models whenever they are read by the network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <string>

#include "host/simulation/attend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

using attention::Feature;

class Listener final : public RunListener {
 public:
  void prepared() override { ++prepared_calls; }
  void progress(std::string_view what, double fraction) override {
    EXPECT_GE(fraction, 0) << what;
    EXPECT_LE(fraction, 1) << what;
    if (what == "integrating" && fraction >= stop_at) stop = true;
  }
  void message(std::string_view text) override { messages += std::string(text) + '\n'; }
  bool cancelled() const override { return stop; }

  int prepared_calls = 0;
  double stop_at = 2;
  bool stop = false;
  std::string messages;
};

config::AttendConfig quick(const std::string& model, Precision precision) {
  config::AttendConfig config;
  config.model = model;
  config.execution.backend = Backend::cpu;
  config.execution.precision = precision;
  config.recording.interval = 0;
  config.studies = false;
  return config;
}

/// Settling twice as long squares the error of settling, e^(-settle/tau), and reading twice as long that of reading.
config::AttendConfig doubled(const std::string& model) {
  config::AttendConfig config = quick(model, Precision::float64);
  config.network.settle_time *= 2;
  config.network.read_time *= 2;
  return config;
}

double largest_linear_error(const AttendResult& result) {
  double largest = 0;
  for (const HeadResult& head : result.heads) largest = std::max(largest, head.error_linear);
  return largest;
}

AttendResult attended(const config::AttendConfig& config) {
  Listener listener;
  AttendResult result;
  attend(config, listener, result);
  return result;
}

class BuiltInModel : public testing::TestWithParam<const char*> {};

TEST_P(BuiltInModel, IsReproducedThroughAllLayersWhenSettleAndReadAreDoubled) {
  const AttendResult result = attended(doubled(GetParam()));
  EXPECT_EQ(result.end_to_end->top1_agreement, 1.0);
  EXPECT_LE(result.end_to_end->kl_mean, 1e-6);
  EXPECT_NEAR(result.end_to_end->perplexity_network, result.end_to_end->perplexity_transformer,
              1e-6 * result.end_to_end->perplexity_transformer);
}

TEST_P(BuiltInModel, HasHeadsWithinTheSettlingErrorAtTheDefaultScheduleInFloat32) {
  const AttendResult result = attended(quick(GetParam(), Precision::float32));
  ASSERT_EQ(result.heads.size(), 16u);
  // (1 + settle/tau) e^(-settle/tau) = 5e-4 bounds what settling leaves; reading adds e^-10 of the previous normaliser.
  EXPECT_LE(largest_linear_error(result), 5e-4);
}

INSTANTIATE_TEST_SUITE_P(Attend, BuiltInModel, testing::Values("softmax", "linear"));

TEST(Attend, TakesTheFeatureMapThatTheModelWasTrainedWith) {
  auto softmax = quick("softmax", Precision::float32), linear = quick("linear", Precision::float32);
  softmax.text = linear.text = "Behold";
  EXPECT_EQ(attended(softmax).feature, Feature::slots);
  EXPECT_EQ(attended(linear).feature, Feature::elu1);
}

TEST(Attend, RandomFeaturesFollowLinearAttentionButNotSoftmax) {
  auto config = quick("softmax", Precision::float32);
  config.features = {Feature::favor_balanced, 256};
  const AttendResult result = attended(config);
  for (const HeadResult& head : result.heads) {
    // Residues of the previous token, e^-(settle/tau) and e^-(read/tau_calcium) of its features, are without bound for
    // exponential features (docs/models.md), and sharp heads of the later layers show it; those of the first layer are
    // gentle.
    if (head.layer > 0) continue;
    EXPECT_LE(head.error_linear, 1e-3) << "head " << head.head;
    EXPECT_GT(head.error_softmax, 1e-2) << "head " << head.head;
    EXPECT_LT(head.error_softmax, 0.9) << "head " << head.head;
  }
}

TEST(Attend, RepeatsARunFromItsEffectiveConfiguration) {
  auto config = quick("embedded", Precision::float32);
  config.text = "And there was light.";
  config.network.heterogeneity = 0.2;
  const AttendResult first = attended(config), second = attended(effective(config, first));
  ASSERT_EQ(first.heads.size(), second.heads.size());
  for (std::size_t i = 0; i < first.heads.size(); ++i)
    EXPECT_EQ(first.heads[i].error_linear, second.heads[i].error_linear);
  EXPECT_EQ(first.layers.back().network, second.layers.back().network);
}

TEST(Attend, KeepsWhatItHasWhenItIsStopped) {
  auto config = quick("softmax", Precision::float32);
  config.recording.interval = 0.05;
  Listener listener;
  listener.stop_at = 0.1;  // within the first of four layers
  AttendResult result;
  EXPECT_THROW(attend(config, listener, result), Cancelled);
  EXPECT_EQ(listener.prepared_calls, 1);
  EXPECT_FALSE(result.end_to_end.has_value());
  ASSERT_FALSE(result.recordings.empty());
  EXPECT_GT(result.recordings.front().times.size(), 10u);
  EXPECT_FALSE(result.phases.empty());
}

/// Counts what it is told of the studies, and asks to stop after `most`.
class StudyListener final : public RunListener {
 public:
  explicit StudyListener(int most) : most_(most) {}
  void progress(std::string_view what, double fraction) override {
    if (what != "studies") return;
    EXPECT_GT(fraction, 0);
    EXPECT_LE(fraction, 1);
    ++told_;
  }
  void message(std::string_view) override {}
  bool cancelled() const override { return told_ >= most_; }
  int told() const { return told_; }

 private:
  int most_, told_ = 0;
};

// An integration can take minutes where every process has a calcium model of its own.
TEST(Attend, TellsAndStopsWithinTheIntegrationsOfItsStudies) {
  constexpr int maps = 17, integrations = 12;
  config::AttendConfig config = quick("embedded", Precision::float32);
  config.text = "In the beginning";
  config.studies = true;
  StudyListener patient(1 << 30), hasty(maps + 1);
  AttendResult whole, part;
  attend(config, patient, whole);
  EXPECT_GE(patient.told(), maps + integrations * int(whole.token_ids.size()));
  EXPECT_THROW(attend(config, hasty, part), Cancelled);
  EXPECT_EQ(hasty.told(), maps + 1);
  EXPECT_FALSE(part.settle_study.has_value());
}

/// Fraction of the integration and CPU time of the process, as they are told.
class PaceListener final : public RunListener {
 public:
  void progress(std::string_view what, double fraction) override {
    if (what == "integrating") told_.emplace_back(fraction, double(std::clock()) / CLOCKS_PER_SEC);
  }
  void message(std::string_view) override {}
  bool cancelled() const override { return false; }

  /// The time left that a reader was told after `part` of the whole time, relative to the true one.
  double told_to_true(double part) const {
    const double begin = told_.front().second, end = told_.back().second;
    for (const auto& [fraction, time] : told_)
      if (time >= begin + part * (end - begin)) return (time - begin) * (1 / fraction - 1) / (end - time);
    return 0;
  }

 private:
  std::vector<std::pair<double, double>> told_;
};

// The recorded layer takes ten times as long as each of the others, and comes first.
TEST(Attend, KnowsThatARecordedLayerTakesLonger) {
  config::AttendConfig config = quick("embedded", Precision::float32);
  config.execution.threads = 1;
  config.recording.interval = 0.01;
  config.network.heterogeneity = 1;
  config.text = "In the beginning God created the heaven and the earth.";
  PaceListener listener;
  AttendResult result;
  attend(config, listener, result);
  // Equal layers would be told 3.7 times what is left at a third of the time; the rest is the noise of the clock.
  EXPECT_NEAR(listener.told_to_true(0.33), 1, 0.6);
}

TEST(Attend, RecordsWhatTheMapAndTheOutputsComeFrom) {
  auto config = quick("linear", Precision::float64);
  config.text = "In the beginning";
  config.recording.interval = 0.1;
  config.recording.fields = {attention::Field::calcium, attention::Field::output};
  config.recording.elements = 0;
  const AttendResult result = attended(config);
  const int width = result.shape.head_size, tokens = int(result.token_ids.size());
  const RecordedField& output = result.recordings[1];
  ASSERT_EQ(output.ids.size(), std::size_t(width));
  // A token takes 0.7 s: every seventh frame is the end of its read, which is the sample.
  for (int t = 0; t < tokens; ++t)
    for (int i = 0; i < width; ++i)
      EXPECT_NEAR(output.values[std::size_t(7 * (t + 1) - 1) * std::size_t(width) + std::size_t(i)],
                  result.layers[0].network[std::size_t(t * result.shape.heads * width + i)], 1e-6);
}

TEST(Attend, ReadsAttentionWeightsOutOfTheNetwork) {
  auto config = doubled("softmax");
  config.text = "And God saw every thing that he had made, and, behold, it was very good.";
  const AttendResult result = attended(config);
  const std::size_t tokens = result.token_ids.size();
  ASSERT_TRUE(result.map.has_value());
  for (std::size_t i = 0; i < tokens * tokens; ++i)
    EXPECT_NEAR(result.map->network[i], result.map->transformer[i], 1e-7);
}

struct Refusal {
  const char* name;
  void (*spoil)(config::AttendConfig&);
  const char* words;
};

class AttendRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(AttendRefuses, BeforeAnythingIsIntegrated) {
  auto config = quick("softmax", Precision::float32);
  config.text = "In the beginning God created the heaven and the earth.";
  GetParam().spoil(config);
  Listener listener;
  AttendResult result;
  try {
    attend(config, listener, result);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(GetParam().words));
  }
  EXPECT_EQ(listener.prepared_calls, 0);
}

INSTANTIATE_TEST_SUITE_P(Attend, AttendRefuses,
                         testing::Values(Refusal{"EmptyText", [](auto& c) { c.text = "  \n"; }, "empty"},
                                         Refusal{"NotUtf8", [](auto& c) { c.text = "caf\xe9"; }, "UTF-8"},
                                         Refusal{"MissingModel", [](auto& c) { c.model = "no/such/model"; },
                                                 "no/such/model"},
                                         Refusal{"TooFewSlots",
                                                 [](auto& c) {
                                                   c.features = {Feature::slots, 3};
                                                 },
                                                 "features.m = 3"},
                                         Refusal{"EluOfAnotherWidth",
                                                 [](auto& c) {
                                                   c.features = {Feature::elu1, 64};
                                                 },
                                                 "features.m = 64"},
                                         Refusal{"NoSuchHead", [](auto& c) { c.recording.heads = {"0:4"}; }, "0:4"},
                                         Refusal{"NoSuchSynapse",
                                                 [](auto& c) {
                                                   c.recording.interval = 0.1;
                                                   c.recording.indices = {1 << 30};
                                                 },
                                                 "recording.indices"}),
                         [](const auto& test) { return test.param.name; });

TEST(Attend, CutsATextThatIsTooLongAndSaysSo) {
  auto config = quick("linear", Precision::float32);
  for (int i = 0; i < 400; ++i) config.text += "word ";
  Listener listener;
  AttendResult result;
  attend(config, listener, result);
  EXPECT_EQ(result.token_ids.size(), 256u);
  EXPECT_THAT(listener.messages, testing::HasSubstr("reads the first 256"));
}

/// The real encoder, where scripts/fetch-models has brought it.
class RealEncoder : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(directory)) GTEST_SKIP() << directory << " is missing: scripts/fetch-models brings it";
  }
  const std::string directory = TRIPARTITE_PROJECT_DATA "/../models/all-MiniLM-L6-v2";
};

TEST_F(RealEncoder, KeepsItsSentenceEmbedding) {
  EXPECT_GE(attended(doubled(directory)).end_to_end->cosine, 0.99999);
  EXPECT_GE(attended(quick(directory, Precision::float32)).end_to_end->cosine, 0.9999);
}

TEST_F(RealEncoder, HasHeadsWithinTheSettlingErrorAtTheDefaultScheduleInFloat32) {
  EXPECT_LE(largest_linear_error(attended(quick(directory, Precision::float32))), 5e-4);
}

}  // namespace
}  // namespace tripartite::simulation
