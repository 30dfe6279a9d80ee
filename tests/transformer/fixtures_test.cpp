// Tiny random models of every family against all intermediate values of the transformers library in float64.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>

#include "host/verify/verify.hpp"

namespace tripartite::verify {
namespace {

class Fixture : public testing::TestWithParam<std::tuple<const char*, Precision, Backend>> {};

TEST_P(Fixture, MatchesEveryIntermediateValueOfTransformers) {
  const auto [name, precision, backend] = GetParam();
  if (const auto reason = why_unavailable(backend); !reason.empty()) GTEST_SKIP() << reason;
  const auto rows = verify_transformer_case(std::string(TRIPARTITE_TEST_DATA "/") + name, precision, backend);
  // hidden, query, key, value, context, attention, last_hidden_state and an output, of three inputs
  EXPECT_GE(rows.size(), 24u);
  for (const VerifyRow& row : rows)
    EXPECT_TRUE(row.pass) << row.variable << ": " << row.error << " > " << row.tolerance;
}

INSTANTIATE_TEST_SUITE_P(Transformer, Fixture,
                         testing::Combine(testing::Values("hf_bert", "hf_gpt2", "hf_albert", "hf_vit"),
                                          testing::Values(Precision::float64, Precision::float32),
                                          testing::Values(Backend::cpu, Backend::cuda)),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param)) + "_" +
                                  std::string(to_string(std::get<1>(test.param))) + "_" +
                                  std::string(to_string(std::get<2>(test.param)));
                         });

TEST(Compare, FailsForNaNOnEitherSide) {
  EXPECT_FALSE(compare("case", "solver", "variable", {1.0, NAN}, {1.0, 1.0}, 1.0).pass);
  EXPECT_FALSE(compare("case", "solver", "variable", {NAN, 1.0}, {1.0, 1.0}, 1.0).pass);
}

TEST(Compare, IsRelativeToTheLargestExpectedValue) {
  const VerifyRow row = compare("case", "solver", "variable", {1.0, 4.5}, {1.0, -4.0}, 1.0);
  EXPECT_DOUBLE_EQ(row.error, 8.5 / 4.0);
  EXPECT_FALSE(row.pass);
}

}  // namespace
}  // namespace tripartite::verify
