// What the commands attend and classify print as results, computed anew from the tensors and probabilities that they
// wrote.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <regex>

#include "cli/recorded_run.hpp"
#include "support/close.hpp"

namespace tripartite {
namespace {

constexpr std::size_t tokens = 14, heads = 4, width = 32;

/// One head of a tensor of attention.h5, [tokens][width].
std::vector<double> head_of(const std::vector<double>& tensor, std::size_t head) {
  std::vector<double> own;
  for (std::size_t t = 0; t < tokens; ++t)
    for (std::size_t i = 0; i < width; ++i) own.push_back(tensor.at((t * heads + head) * width + i));
  return own;
}

/// Causal softmax attention, typed anew.
std::vector<double> softmax_attention(const std::vector<double>& query, const std::vector<double>& key,
                                      const std::vector<double>& value) {
  std::vector<double> context(tokens * width);
  for (std::size_t t = 0; t < tokens; ++t) {
    double normaliser = 0;
    std::vector<double> sum(width);
    for (std::size_t s = 0; s <= t; ++s) {
      double score = 0;
      for (std::size_t i = 0; i < width; ++i) score += query[t * width + i] * key[s * width + i];
      const double weight = std::exp(score / std::sqrt(double(width)));
      normaliser += weight;
      for (std::size_t i = 0; i < width; ++i) sum[i] += weight * value[s * width + i];
    }
    for (std::size_t i = 0; i < width; ++i) context[t * width + i] = sum[i] / normaliser;
  }
  return context;
}

double median_of_four(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[1] + values[2]) / 2;
}

TEST(AttendResults, AreThoseOfTheRecordedTensors) {
  const RecordedRun run({"attend", "--text", "In the beginning God created the heaven", "--features", "favor", "--m",
                         "64", "--model", "softmax", "--set", "report.studies=false"});
  const auto& results = run.results();
  ASSERT_EQ(results["tokens"], tokens);
  ASSERT_EQ(results["heads"].size(), 4 * heads);
  for (std::size_t layer = 0; layer < 4; ++layer) {
    const auto tensor = [&](const char* name) {
      return run.dataset("attention.h5", "/layers/" + std::to_string(layer) + "/" + name);
    };
    const auto query = tensor("query"), key = tensor("key"), value = tensor("value"), network = tensor("network"),
               softmax = tensor("softmax"), linear = tensor("linear");
    std::vector<double> from_linear, from_softmax;
    for (std::size_t head = 0; head < heads; ++head) {
      const auto& told = results["heads"][layer * heads + head];
      EXPECT_EQ(told["layer"], layer);
      EXPECT_EQ(told["head"], head);
      EXPECT_EQ(told["synapses"], 64 * width);
      const auto want = softmax_attention(head_of(query, head), head_of(key, head), head_of(value, head));
      EXPECT_LT(relative_l2(head_of(softmax, head), want), 1e-12);
      from_softmax.push_back(relative_l2(head_of(network, head), want));
      from_linear.push_back(relative_l2(head_of(network, head), head_of(linear, head)));
      EXPECT_NEAR(told["error_softmax"].get<double>(), from_softmax.back(), 1e-9);
      EXPECT_NEAR(told["error_linear"].get<double>(), from_linear.back(), 1e-9);
    }
    // A row of the table: median and largest of the heads, against linear and against softmax attention.
    const std::string number = R"(\s+([0-9.]+e[-+][0-9]+))";
    std::smatch row;
    const std::string printed = run.printed();
    ASSERT_TRUE(
        std::regex_search(printed, row, std::regex("\n +" + std::to_string(layer) + number + number + number + number)))
        << printed;
    const double expected[] = {median_of_four(from_linear), *std::max_element(from_linear.begin(), from_linear.end()),
                               median_of_four(from_softmax),
                               *std::max_element(from_softmax.begin(), from_softmax.end())};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(std::stod(row[i + 1]), expected[i], 0.06 * expected[i]) << layer;
  }
  const auto& end = results["end_to_end"];
  EXPECT_NEAR(run.number_after("same likeliest next token"), 100 * end["top1_agreement"].get<double>(), 0.006);
  EXPECT_NEAR(run.number_after("mean KL divergence") / end["kl_mean"].get<double>(), 1, 0.006);
  EXPECT_NEAR(run.number_after("perplexity") / end["perplexity_transformer"].get<double>(), 1, 1e-5);
  EXPECT_NEAR(run.number_after("transformer,") / end["perplexity_network"].get<double>(), 1, 1e-5);
}

TEST(ClassifyResults, CountTheLabelsThatAreRight) {
  const TemporaryDirectory directory;
  const Finished finished = run_program({"classify", "--json", "--backend", "cpu"}, directory.path());
  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto results = nlohmann::json::parse(finished.out);
  double right = 0;
  for (const auto& image : results["images"]) {
    const auto probabilities = image["transformer"]["probabilities"].get<std::vector<double>>();
    double sum = 0;
    for (const double p : probabilities) sum += p;
    EXPECT_NEAR(sum, 1, 1e-5);
    const auto likeliest = std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin();
    EXPECT_EQ(image["transformer"]["label"], results["labels"].at(std::size_t(likeliest)));
    right += image["transformer"]["label"] == image["truth"] ? 1 : 0;
  }
  EXPECT_EQ(results["images"].size(), 360U);
  EXPECT_LT(right, 360);
  EXPECT_DOUBLE_EQ(results["accuracy"]["transformer"].get<double>(), right / 360);
}

}  // namespace
}  // namespace tripartite
