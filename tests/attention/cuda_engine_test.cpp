#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "attention/beside_oracle.hpp"
#include "attention/network_cases.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

using tests::BesideOracle;
using tests::NetworkCase;

class CudaEngine : public testing::TestWithParam<NetworkCase> {};

TEST_P(CudaEngine, FollowsTheEquationsInFloat64) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  // Both sides round differently over a few hundred steps with sums of up to 257 terms.
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
INSTANTIATE_TEST_SUITE_P(LargeNetworks, CudaEngine, testing::ValuesIn(tests::large_cases()), tests::case_name);
/// The cases with one speed for all processes; CUDA does not support the others.
std::vector<NetworkCase> shared_calcium_cases() {
  std::vector<NetworkCase> list;
  for (const NetworkCase& each : tests::calcium_cases())
    if (each.parameters.heterogeneity == 0) list.push_back(each);
  return list;
}

class CudaCalcium : public testing::TestWithParam<NetworkCase> {};

// Calcium-induced release amplifies the different rounding of both sides.
TEST_P(CudaCalcium, FollowsTheEquationsInFloat64) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  BesideOracle<double> twins(GetParam(), make_cuda_engine<double>(tests::make_setup(GetParam())));
  EXPECT_LE(twins.run(), 1e-11);
}

TEST_P(CudaCalcium, FollowsTheEquationsInFloat32) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  BesideOracle<float> twins(GetParam(), make_cuda_engine<float>(tests::make_setup(GetParam())));
  EXPECT_LE(twins.run(), 3e-5);
}

TEST_P(CudaCalcium, ExactSolverIsTheLimitOfShortSteps) {
  if (GetParam().parameters.solver != Solver::rk4) GTEST_SKIP() << "short steps are those of rk4";
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  NetworkCase exact = GetParam();
  exact.parameters.solver = Solver::exact;
  exact.gentle_calcium = true;
  Parameters short_steps = GetParam().parameters;
  short_steps.dt = 1e-4;
  // As on the CPU (calcium_model_test.cpp).
  BesideOracle<double> twins(exact, short_steps, make_cuda_engine<double>(tests::make_setup(exact)));
  EXPECT_LE(twins.run(), 2e-5);
}

TEST(HeterogeneousCudaCalcium, IsRejected) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  for (const NetworkCase& each : tests::calcium_cases()) {
    if (each.parameters.heterogeneity == 0) continue;
    EXPECT_THROW(make_cuda_engine<double>(tests::make_setup(each)), ConfigError);
  }
}

INSTANTIATE_TEST_SUITE_P(CalciumModels, CudaCalcium, testing::ValuesIn(shared_calcium_cases()), tests::case_name);
INSTANTIATE_TEST_SUITE_P(LargeCalciumModels, CudaCalcium, testing::ValuesIn(tests::large_calcium_cases()),
                         tests::case_name);
INSTANTIATE_TEST_SUITE_P(LongPhases, CudaEngine, testing::ValuesIn(tests::long_cases()), tests::case_name);

}  // namespace
}  // namespace tripartite::attention
