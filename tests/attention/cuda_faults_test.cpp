// Every failing runtime call or kernel raises a DeviceError. Runs only on the emulated device, which can inject
// failures.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "attention/beside_oracle.hpp"
#include "attention/network_cases.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::tests {
namespace {

using attention::Phase;

enum Ending { device_error = 10, no_error = 11, other_error = 12 };

Ending run_network() try {
  NetworkCase network{.feature = attention::Feature::favor, .heads = 2, .width = 7, .hidden = 33, .tokens = 2};
  network.parameters = brisk_parameters(attention::Solver::exact);
  BesideOracle<float> twins(network, attention::make_cuda_engine<float>(make_setup(network)));
  twins.engine().set_probes({{attention::Field::calcium, 1, 5}});
  const std::vector<double> observe{0.004};
  for (const Phase phase : {Phase::settle, Phase::write, Phase::read}) twins.engine().advance(phase, 0, 0.01, observe);
  twins.engine().sample(0);
  std::vector<float> context(2 * 2 * 7);
  twins.engine().outputs(0, 2, context.data());
  twins.engine().field(attention::Field::hebbian, 1);
  twins.engine().take_frames();
  return no_error;
} catch (const DeviceError&) {
  return device_error;
} catch (...) {
  return other_error;
}

class CudaFaults : public testing::TestWithParam<const char*> {};

TEST_P(CudaFaults, BecomeDeviceErrors) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  if (dlsym(RTLD_DEFAULT, "cudaemu_fault") == nullptr)
    GTEST_SKIP() << "failures can be injected only on an emulated device";
  GTEST_FLAG_SET(death_test_style,
                 "threadsafe");  // the child process starts from main and reads the rule before its first call
  setenv("CUDAEMU_FAIL", GetParam(), 1);
  EXPECT_EXIT(std::exit(run_network()), testing::ExitedWithCode(device_error), "");
  unsetenv("CUDAEMU_FAIL");
}

TEST(CudaFaults, AreAbsentWithoutARule) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  EXPECT_EQ(run_network(), no_error);
}

INSTANTIATE_TEST_SUITE_P(Rules, CudaFaults,
                         testing::Values("cudaMalloc:1", "cudaMalloc:9", "cudaMalloc:25", "cudaMalloc:p=0.2",
                                         "cudaStreamCreateWithFlags:1", "cudaMemsetAsync:2", "cudaMemcpyAsync:3",
                                         "cudaMemcpy2DAsync:1", "cudaMemcpy2DAsync:4", "cudaStreamSynchronize:1",
                                         "cudaLaunchKernel:1", "cudaLaunchKernel:20", "launch:1", "launch:7",
                                         "launch:20=cudaErrorIllegalAddress", "launch:30"));

}  // namespace
}  // namespace tripartite::tests
