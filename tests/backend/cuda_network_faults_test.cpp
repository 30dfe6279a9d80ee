// What a network does when the device runs out of memory, or a call fails while a graph is recorded.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "backend/cuda_resources.hpp"
#include "host/backend/cuda_factories.hpp"
#include "network/circuit.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::tests {
namespace {

NetworkSetup setup_of_three_neurons() {
  Circuit circuit;
  circuit.initial_rate = {2.0, 3.5, 5.0};
  circuit.input = {6.0, 6.5, 7.0};
  circuit.wrapped = {{0, 1, 2, 0, 1}, {1, 2, 0, 2, 0}, {0.2, 0.3, -0.4, 0.25, 0.1}};
  circuit.astrocyte = {0, 1, 0, 1, 1};
  circuit.has_soma = true;
  circuit.astrocytes = 2;
  circuit.gap_junctions = {{0, 1}};
  circuit.soma_bias = {0.1, 1.5};
  circuit.method = integrate::Method::rk4;
  NetworkSetup setup = network_setup(circuit);
  setup[part::synapses].start("I", 0.6).start("C", 0.2);
  setup[part::astrocytes].start("I", 0.2);
  return setup;
}

/// All fields of a network, one after the other.
std::vector<double> everything(const Network& network) {
  std::vector<double> all;
  for (std::size_t field = 0; field < network.fields().size(); ++field) {
    std::vector<double> values(network.fields()[field].size);
    network.read(field, 0, std::span(values));
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

std::unique_ptr<Network> make() {
  NetworkSetup setup = setup_of_three_neurons();
  setup.precision = Precision::float64;
  return make_cuda_network<double>(std::move(setup));
}

TEST_F(CudaResources, MemoryErrorNamesTheBytesThatANetworkWanted) {
  expect_memory_errors([] { make_cuda_network<float>(setup_of_three_neurons()); });
}

// The buffers that stages exchange must be those of before: nothing of what was being recorded has been done.
TEST_F(CudaResources, FailureWhileAGraphIsRecordedLeavesTheNetworkAsItWas) {
  const auto undisturbed = make();
  undisturbed->advance_steps(6);
  int failures = 0;
  for (int failing = 1; failing <= 8; ++failing) {
    const auto disturbed = make();
    runtime_calls().failing_check = failing;
    try {
      disturbed->advance_steps(6);
    } catch (const DeviceError&) {
      ++failures;
    }
    runtime_calls().failing_check = 0;
    disturbed->advance_steps(6 - disturbed->steps());
    EXPECT_EQ(disturbed->steps(), 6);
    EXPECT_EQ(everything(*disturbed), everything(*undisturbed)) << failing;
  }
  EXPECT_EQ(failures, 8);
}

}  // namespace
}  // namespace tripartite::tests
