// A runtime call or a kernel that fails ends as a DeviceError, whichever it is, or as a MemoryError if the device has
// no memory left. On the emulated device only, which can be told to fail.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include "attention/beside_oracle.hpp"
#include "attention/network_cases.hpp"
#include "support/cuda_runtime.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::tests {
namespace {

using attention::Phase;

enum Ending { device_error = 10, no_error = 11, other_error = 12, memory_error = 13 };

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
} catch (const MemoryError&) {
  return memory_error;
} catch (...) {
  return other_error;
}

struct Fault {
  const char* rule;
  Ending ending;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.rule; }

class CudaFaults : public testing::TestWithParam<Fault> {};

TEST_P(CudaFaults, AreErrorsOfTheirKind) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  if (!has_emulated_device()) GTEST_SKIP() << "no emulated device, nothing can be made to fail";
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // the child starts anew, and reads the rule before its first call
  setenv("CUDAEMU_FAIL", GetParam().rule, 1);
  EXPECT_EXIT(std::exit(run_network()), testing::ExitedWithCode(GetParam().ending), "");
  unsetenv("CUDAEMU_FAIL");
}

TEST(CudaFaults, AreAbsentWithoutARule) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  EXPECT_EQ(run_network(), no_error);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, CudaFaults,
    testing::Values(Fault{"cudaMalloc:1", memory_error}, Fault{"cudaMalloc:9", memory_error},
                    Fault{"cudaMalloc:25", memory_error}, Fault{"cudaMalloc:p=0.2", memory_error},
                    Fault{"cudaMalloc:2=cudaErrorUnknown", device_error},
                    Fault{"cudaStreamCreateWithFlags:1", memory_error},
                    Fault{"cudaStreamCreateWithFlags:1=cudaErrorUnknown", device_error},
                    Fault{"cudaMemsetAsync:2", device_error}, Fault{"cudaMemcpyAsync:3", device_error},
                    Fault{"cudaMemcpy2DAsync:1", device_error}, Fault{"cudaMemcpy2DAsync:4", device_error},
                    Fault{"cudaStreamSynchronize:1", device_error}, Fault{"cudaLaunchKernel:1", device_error},
                    Fault{"cudaLaunchKernel:20", device_error}, Fault{"launch:1", device_error},
                    Fault{"launch:7", device_error}, Fault{"launch:20=cudaErrorIllegalAddress", device_error},
                    Fault{"launch:30", device_error}));

}  // namespace
}  // namespace tripartite::tests
