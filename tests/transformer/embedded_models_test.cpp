// The embedded models against the outputs that their training script computed in float64 from the stored weights.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tripartite/error.hpp"
#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::transformer {
namespace {

nlohmann::json expected(const std::string& model) {
  return nlohmann::json::parse(std::ifstream(TRIPARTITE_TEST_DATA "/" + model + "/expected.json"));
}

class EmbeddedModel : public testing::TestWithParam<const char*> {};

template <class Real>
double worst_difference(const std::string& name, int chunk) {
  const Model<Real> model(embedded_model(name));
  const auto attention = make_blas_attention<Real>(model.shape().attention, model.shape().attention_shape());
  Sequence<Real> sequence(model, *attention);
  const auto vocabulary = std::size_t(model.shape().vocabulary);
  double worst = 0;
  const nlohmann::json answers = expected(name);  // must outlive the loop
  for (const auto& text : answers.at("texts")) {
    sequence.restart();
    const auto ids = text["ids"].get<std::vector<int>>();
    std::vector<Real> logits;
    for (std::size_t first = 0; first < ids.size(); first += std::size_t(chunk)) {
      const auto count = std::min(std::size_t(chunk), ids.size() - first);
      sequence.append(std::span(ids).subspan(first, count));
      const auto next = sequence.logits(int(count));
      logits.insert(logits.end(), next.begin(), next.end());
    }
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      double sum = 0;
      for (std::size_t token = 0; token < vocabulary; ++token) sum += std::exp(double(logits[i * vocabulary + token]));
      const double difference = std::abs(std::log(sum) - double(logits[i * vocabulary + std::size_t(ids[i + 1])]) -
                                         text["nll"][i].get<double>());
      if (!(difference <= worst)) worst = difference;
    }
    for (std::size_t token = 0; token < vocabulary; ++token) {
      const double difference =
          std::abs(double(logits[(ids.size() - 1) * vocabulary + token]) - text["last_logits"][token].get<double>());
      if (!(difference <= worst)) worst = difference;
    }
  }
  return worst;
}

TEST_P(EmbeddedModel, MatchesTheOutputsOfItsTrainingScript) {
  // logits are of the order of 10
  EXPECT_LE(worst_difference<double>(GetParam(), 256), 1e-10);
  EXPECT_LE(worst_difference<float>(GetParam(), 256), 1e-4);
}

TEST_P(EmbeddedModel, MatchesWhenFedTokenByToken) {
  EXPECT_LE(worst_difference<double>(GetParam(), 1), 1e-10);
  EXPECT_LE(worst_difference<double>(GetParam(), 9), 1e-10);
}

INSTANTIATE_TEST_SUITE_P(Twins, EmbeddedModel, testing::Values("kjv-softmax", "kjv-linear"),
                         [](const auto& test) { return std::string(test.param).substr(4); });

TEST(EmbeddedModels, RejectAnUnknownNameWithTheKnownNames) {
  try {
    embedded_model("kjv");
    FAIL() << "no error";
  } catch (const ConfigError& e) {
    EXPECT_NE(std::string(e.what()).find("kjv-linear, kjv-softmax"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace tripartite::transformer
