#include <gtest/gtest.h>

#include <string>

#include "attention/beside_oracle.hpp"
#include "attention/network_cases.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"

namespace tripartite::attention {
namespace {

using tests::BesideOracle;
using tests::NetworkCase;

class CudaEngine : public testing::TestWithParam<NetworkCase> {};

TEST_P(CudaEngine, FollowsTheEquationsInFloat64) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  // Both sides round differently in some hundred steps of sums of up to 257 terms.
  BesideOracle<double> twins(GetParam(), make_cuda_engine<double>(tests::make_setup(GetParam())));
  const double error = twins.run();
  RecordProperty("error", std::to_string(error * 1e12) + "e-12");
  EXPECT_LE(error, 1e-12);
}

TEST_P(CudaEngine, FollowsTheEquationsInFloat32) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  BesideOracle<float> twins(GetParam(), make_cuda_engine<float>(tests::make_setup(GetParam())));
  const double error = twins.run();
  RecordProperty("error", std::to_string(error * 1e5) + "e-5");
  EXPECT_LE(error, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Networks, CudaEngine, testing::ValuesIn(tests::engine_cases()), tests::case_name);
INSTANTIATE_TEST_SUITE_P(LongPhases, CudaEngine, testing::ValuesIn(tests::long_cases()), tests::case_name);

}  // namespace
}  // namespace tripartite::attention
