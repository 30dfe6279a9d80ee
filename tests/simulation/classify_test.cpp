// Handwritten digits through the vision transformers inside the library, and through the integrated network.
#include "host/simulation/classify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "host/simulation/image_input.hpp"
#include "simulation/silent_listener.hpp"
#include "tripartite/attention/network_attention.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::simulation {
namespace {

ClassifyResult classified(const config::ClassifyConfig& config) {
  SilentListener listener;
  ClassifyResult result;
  classify(config, listener, result);
  return result;
}

class Digits : public testing::TestWithParam<const char*> {};

TEST_P(Digits, AreScoredAsTheTrainingScriptScoresThem) {
  const auto files = open_model(GetParam(), Input::image);
  const transformer::Model<double> model(files);
  const auto values = image_values<double>({files, model.shape()}, heldout_digits());
  const auto attention =
      transformer::make_blas_attention<double>(model.shape().attention, model.shape().attention_shape());
  const auto scores = class_scores<double>(model, *attention, values, 7);
  const auto expected = nlohmann::json::parse(std::ifstream(TRIPARTITE_TEST_DATA "/digits/expected.json"));
  const auto want = expected.at(GetParam()).get<std::vector<std::vector<double>>>();
  ASSERT_EQ(scores.size(), 360U * 10);
  for (std::size_t image = 0; image < want.size(); ++image)
    for (std::size_t i = 0; i < 10; ++i)
      EXPECT_NEAR(scores[image * 10 + i], want[image][i], 1e-11) << image;  // sums of some 1e5 terms of the order of 1
}

TEST_P(Digits, ThatNoModelHasSeenAreNamedAlikeByTheIntegratedNetwork) {
  config::ClassifyConfig config;
  config.model = GetParam();
  config.integrate = true;
  config.execution.backend = Backend::cpu;
  const ClassifyResult result = classified(config);
  ASSERT_EQ(result.images.size(), 360U);
  EXPECT_GE(accuracy(result.images, &ClassifiedImage::transformer), 0.97);
  EXPECT_EQ(agreement(result.images), 1.0);
  EXPECT_EQ(accuracy(result.images, &ClassifiedImage::network), accuracy(result.images, &ClassifiedImage::transformer));
  for (const ClassifiedImage& image : result.images)
    for (std::size_t i = 0; i < 10; ++i)
      // The default schedule settles to 5e-4 of each head's output (docs/models.md); worst seen 3e-4.
      EXPECT_NEAR(image.network[i], image.transformer[i], 2e-3) << image.name;
}

TEST_P(Digits, GoThroughTheNetworkInABatchAsOneByOne) {
  const auto files = open_model(GetParam(), Input::image);
  const transformer::Model<double> model(files);
  const auto& shape = model.shape();
  auto values = image_values<double>({files, shape}, heldout_digits());
  values.resize(5 * values.size() / 360);
  attention::NetworkOptions options;
  options.feature = natural_feature(shape.attention);
  options.backend = Backend::cpu;
  options.parameters.heterogeneity = 0.2;  // one network reads all of them: the same synapses for each
  attention::NetworkAttention<double> network(shape.attention_shape(), options);
  const auto together = class_scores<double>(model, network, values, 3);
  const auto alone = class_scores<double>(model, network, values, 1);
  ASSERT_EQ(together.size(), 50U);
  for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(together[i], alone[i], 1e-11) << i;
}

INSTANTIATE_TEST_SUITE_P(Twins, Digits, testing::Values("softmax", "linear"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Classify, RefusesATextModelAndWhatIsNoImage) {
  config::ClassifyConfig config;
  config.model = TRIPARTITE_TEST_DATA "/hf_bert";
  EXPECT_THROW(classified(config), ConfigError);
  config.model = "softmax";
  config.images = {TRIPARTITE_TEST_DATA "/digits/expected.json"};
  EXPECT_THROW(classified(config), FileError);
  config.images = {TRIPARTITE_TEST_DATA "/a_elu1_bi/Q.npy"};
  EXPECT_THROW(classified(config), FileError);
}

}  // namespace
}  // namespace tripartite::simulation
