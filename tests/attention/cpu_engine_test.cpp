#include <gtest/gtest.h>

#include "attention/beside_oracle.hpp"
#include "attention/network_cases.hpp"
#include "tripartite/attention/engine.hpp"

namespace tripartite::attention {
namespace {

using tests::BesideOracle;
using tests::NetworkCase;

class CpuEngine : public testing::TestWithParam<NetworkCase> {};

TEST_P(CpuEngine, FollowsTheEquationsInFloat64) {
  // Both sides round differently over a few hundred steps with sums of up to 100 terms.
  BesideOracle<double> twins(GetParam(), make_cpu_engine<double>(tests::make_setup(GetParam()), 2));
  EXPECT_LE(twins.run(), 1e-12);
}

TEST_P(CpuEngine, FollowsTheEquationsInFloat32) {
  BesideOracle<float> twins(GetParam(), make_cpu_engine<float>(tests::make_setup(GetParam()), 2));
  EXPECT_LE(twins.run(), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Networks, CpuEngine, testing::ValuesIn(tests::engine_cases()), tests::case_name);
INSTANTIATE_TEST_SUITE_P(LargeNetworks, CpuEngine, testing::ValuesIn(tests::large_cases()), tests::case_name);

}  // namespace
}  // namespace tripartite::attention
