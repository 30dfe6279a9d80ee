// Every reference case of tripartite synapses, by every solver that has a solution of its own to be held to.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <tuple>

#include "tripartite/verify/cases.hpp"

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

INSTANTIATE_TEST_SUITE_P(Reference, SynapseCase,
                         testing::Combine(testing::Values("c_rate_default", "c_rate_alpha1", "c_rate_oscillatory",
                                                          "c_rate_quiescent", "c_rate_high_ip3", "c_spike_ex2",
                                                          "c_spike_ex3"),
                                          testing::Values(Precision::float32, Precision::float64),
                                          testing::Values(Backend::cpu, Backend::cuda)),
                         [](const auto& values) {
                           return std::string(std::get<0>(values.param)) + "_" +
                                  std::string(to_string(std::get<1>(values.param))) + "_" +
                                  std::string(to_string(std::get<2>(values.param)));
                         });

class NetworkCase : public testing::TestWithParam<std::tuple<const char*, Precision>> {};

TEST_P(NetworkCase, AgreesWithTheReferenceInEveryState) {
  const auto [name, precision] = GetParam();
  const auto report = verify_case(std::filesystem::path(TRIPARTITE_TEST_DATA) / name, {precision, Backend::cpu});
  EXPECT_EQ(report.skipped, "");
  EXPECT_GE(report.rows.size(), 3U);
  for (const VerifyRow& row : report.rows)
    EXPECT_TRUE(row.pass) << row.solver << ' ' << row.variable << ": " << row.error << ", tolerance " << row.tolerance;
}

INSTANTIATE_TEST_SUITE_P(Reference, NetworkCase,
                         testing::Combine(testing::Values("c_ring_ex5", "d_bursts", "d_network", "li_rinzel_pulse",
                                                          "li_rinzel_regular", "li_rinzel_irregular"),
                                          testing::Values(Precision::float32, Precision::float64)),
                         [](const auto& values) {
                           return std::string(std::get<0>(values.param)) + "_" +
                                  std::string(to_string(std::get<1>(values.param)));
                         });

}  // namespace
}  // namespace tripartite::verify
