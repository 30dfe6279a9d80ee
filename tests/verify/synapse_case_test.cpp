// Every reference case of tripartite synapses, by every solver that has a solution of its own to be held to.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <tuple>

#include "host/verify/cases.hpp"

namespace tripartite::verify {
namespace {

class SynapseCase : public testing::TestWithParam<std::tuple<const char*, Precision, Backend>> {};

TEST_P(SynapseCase, AgreesWithTheReferenceInEveryState) {
  const auto [name, precision, backend] = GetParam();
  if (const auto reason = why_unavailable(backend); !reason.empty()) GTEST_SKIP() << reason;
  const auto report = verify_case(std::filesystem::path(TRIPARTITE_TEST_DATA) / name, {precision, backend});
  EXPECT_EQ(report.skipped, "");
  EXPECT_GE(report.rows.size(), 3U);
  for (const VerifyRow& row : report.rows)
    EXPECT_TRUE(row.pass) << row.solver << ' ' << row.variable << ": " << row.error << ", tolerance " << row.tolerance;
}

using Parameters = testing::TestParamInfo<SynapseCase::ParamType>;

std::string case_name(const Parameters& values) {
  return std::string(std::get<0>(values.param)) + "_" + std::string(to_string(std::get<1>(values.param)));
}
std::string name_with_backend(const Parameters& values) {
  return case_name(values) + "_" + std::string(to_string(std::get<2>(values.param)));
}
/// Too many launches to be emulated: the name is none of those that TRIPARTITE_GPU_LAUNCHER gets.
std::string name_on_device(const Parameters& values) { return case_name(values) + "_device"; }

constexpr auto every_precision = {Precision::float32, Precision::float64};

INSTANTIATE_TEST_SUITE_P(Synapses, SynapseCase,
                         testing::Combine(testing::Values("c_rate_default", "c_rate_alpha1", "c_rate_oscillatory",
                                                          "c_rate_quiescent", "c_rate_high_ip3", "c_spike_ex2",
                                                          "c_spike_ex3"),
                                          testing::ValuesIn(every_precision),
                                          testing::Values(Backend::cpu, Backend::cuda)),
                         name_with_backend);

INSTANTIATE_TEST_SUITE_P(Networks, SynapseCase,
                         testing::Combine(testing::Values("c_ring_ex5", "d_bursts", "d_network", "li_rinzel_pulse",
                                                          "li_rinzel_regular", "li_rinzel_irregular"),
                                          testing::ValuesIn(every_precision), testing::Values(Backend::cpu)),
                         name_with_backend);

INSTANTIATE_TEST_SUITE_P(DeviceNetworks, SynapseCase,
                         testing::Combine(testing::Values("d_network"), testing::Values(Precision::float32),
                                          testing::Values(Backend::cuda)),
                         name_with_backend);

INSTANTIATE_TEST_SUITE_P(LongDeviceNetworks, SynapseCase,
                         testing::Combine(testing::Values("c_ring_ex5", "d_bursts", "d_network"),
                                          testing::ValuesIn(every_precision), testing::Values(Backend::cuda)),
                         name_on_device);

}  // namespace
}  // namespace tripartite::verify
