// Independent solutions of model B (docs/models.md), computed without any code of this project.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "host/verify/verify.hpp"

namespace tripartite::verify {
namespace {

class MemoryReference : public testing::TestWithParam<std::tuple<const char*, Precision, Backend>> {};

TEST_P(MemoryReference, MatchesEveryVariableOfTheReference) {
  const auto [name, precision, backend] = GetParam();
  if (const auto reason = why_unavailable(backend); !reason.empty()) GTEST_SKIP() << reason;
  const auto rows = verify_memory_case(std::string(TRIPARTITE_TEST_DATA "/") + name, precision, backend);
  EXPECT_EQ(rows.size(), 4u);
  for (const VerifyRow& row : rows)
    EXPECT_TRUE(row.pass) << row.variable << ": " << row.error << " > " << row.tolerance;
}

std::string label(const testing::TestParamInfo<MemoryReference::ParamType>& test) {
  return std::string(std::get<0>(test.param)) + "_" + std::string(to_string(std::get<1>(test.param))) + "_" +
         std::string(to_string(std::get<2>(test.param)));
}

INSTANTIATE_TEST_SUITE_P(Small, MemoryReference,
                         testing::Combine(testing::Values("b_small", "b_small_biased"),
                                          testing::Values(Precision::float64, Precision::float32),
                                          testing::Values(Backend::cpu)),
                         label);
// One case only: an emulated device is too slow for more.
INSTANTIATE_TEST_SUITE_P(Device, MemoryReference,
                         testing::Combine(testing::Values("b_small_biased"), testing::Values(Precision::float32),
                                          testing::Values(Backend::cuda)),
                         label);
INSTANTIATE_TEST_SUITE_P(Recall, MemoryReference,
                         testing::Combine(testing::Values("b_n500"),
                                          testing::Values(Precision::float64, Precision::float32),
                                          testing::Values(Backend::cpu)),
                         label);

}  // namespace
}  // namespace tripartite::verify
