// What a network does when the device runs out of memory, or a call fails while a graph is recorded.
#include <gtest/gtest.h>

#include <vector>

#include "backend/cuda_resources.hpp"
#include "host/backend/cuda_factories.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::tests {
namespace {

network::NetworkSetup network_setup() {
  network::NetworkSetup setup;
  setup.initial_rate = {2.0, 3.5, 5.0};
  setup.input = {6.0, 6.5, 7.0};
  setup.tripartite = {{0, 1, 2, 0, 1}, {1, 2, 0, 2, 0}, {0.2, 0.3, -0.4, 0.25, 0.1}};
  setup.astrocyte = {0, 1, 0, 1, 1};
  for (int i = 0; i < synapse::state_count; ++i) setup.initial[i] = synapse::state_infos[i].initial;
  setup.initial[synapse::ip3] = 0.6;
  setup.initial[synapse::calcium] = 0.2;
  setup.astrocytes = 2;
  setup.gap_junctions = {{0, 1}};
  setup.soma_bias = {0.1, 1.5};
  setup.soma_initial[astrocyte::soma_ip3] = 0.2;
  setup.options.soma = true;
  setup.solver = synapse::Solver::rk4;
  return setup;
}

TEST_F(CudaResources, MemoryErrorNamesTheBytesThatANetworkWanted) {
  expect_memory_errors([] { network::make_cuda_network<float>(network_setup()); });
}

// The buffers that stages exchange must be those of before: nothing of what was being recorded has been done.
TEST_F(CudaResources, FailureWhileAGraphIsRecordedLeavesTheNetworkAsItWas) {
  const auto undisturbed = network::make_cuda_network<double>(network_setup());
  undisturbed->advance(6, {});
  const std::vector<double> rates(undisturbed->rates().begin(), undisturbed->rates().end());
  const auto ip3 = undisturbed->somata(astrocyte::soma_ip3);
  int failures = 0;
  for (int failing = 1; failing <= 8; ++failing) {
    const auto disturbed = network::make_cuda_network<double>(network_setup());
    runtime_calls().failing_check = failing;
    try {
      disturbed->advance(6, {});
    } catch (const DeviceError&) {
      ++failures;
    }
    runtime_calls().failing_check = 0;
    disturbed->advance(int(6 - disturbed->steps()), {});
    EXPECT_EQ(disturbed->steps(), 6);
    EXPECT_EQ(std::vector<double>(disturbed->rates().begin(), disturbed->rates().end()), rates) << failing;
    EXPECT_EQ(std::vector<double>(disturbed->somata(astrocyte::soma_ip3).begin(),
                                  disturbed->somata(astrocyte::soma_ip3).end()),
              std::vector<double>(ip3.begin(), ip3.end()))
        << failing;
  }
  EXPECT_EQ(failures, 8);
}

}  // namespace
}  // namespace tripartite::tests
