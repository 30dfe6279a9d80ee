// Feature maps with a kink: the exact solver beside panels that are cut wherever a hidden neuron changes branch.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "attention/beside_oracle.hpp"
#include "attention/network_cases.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"

namespace tripartite::attention {
namespace {

using tests::BesideOracle;
using tests::NetworkCase;
using tests::NetworkOracle;

/// The shape of the reference case a_relu_bi. `quick` phases of 50 and 250 ms leave states of the order of their
/// transients; `brisk` ones end in the middle of them.
std::vector<NetworkCase> kinked_cases() {
  Parameters quick;
  quick.settle_time = quick.write_time = 0.050;
  quick.read_time = 0.250;
  Parameters brisk = tests::brisk_parameters(Solver::exact);
  Parameters rich = brisk;
  rich.heterogeneity = 0.3;
  rich.astrocytes = 3;
  rich.decay_hebbian = 4;
  rich.decay_store = 7;
  std::vector<NetworkCase> list;
  for (const auto& [name, parameters] : {std::pair("quick", quick), std::pair("brisk", brisk), std::pair("rich", rich)})
    for (const auto& [feature, label, hidden] :
         {std::tuple(Feature::relu, "relu_", 32), std::tuple(Feature::elu1, "elu1_", 8),
          std::tuple(Feature::slots, "slots_", 35)}) {
      NetworkCase network;
      network.name = std::string(label) + name;
      network.feature = feature;
      network.heads = 2;
      network.width = 8;
      network.hidden = hidden;
      network.tokens = 6;
      network.causal = parameters.astrocytes > 1;
      network.delay = parameters.astrocytes > 1;
      network.parameters = parameters;
      list.push_back(network);
    }
  return list;
}

class Kinks : public testing::TestWithParam<NetworkCase> {};
class CudaKinks : public testing::TestWithParam<NetworkCase> {};

// Without the projection relu and slots err by up to 6e-5 of a state, elu1 by 1e-7.
constexpr double tolerance = 1e-11;

double error_beside_cut_panels(const NetworkCase& network, std::unique_ptr<Engine<double>> engine) {
  return BesideOracle<double>(network, network.parameters, std::move(engine), NetworkOracle::Kinks::cut).run();
}

TEST_P(Kinks, AreAsExactAsPanelsCutThere) {
  EXPECT_LE(error_beside_cut_panels(GetParam(), make_cpu_engine<double>(tests::make_setup(GetParam()), 2)), tolerance);
}

TEST_P(CudaKinks, AreAsExactAsPanelsCutThere) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  EXPECT_LE(error_beside_cut_panels(GetParam(), make_cuda_engine<double>(tests::make_setup(GetParam()))), tolerance);
}

INSTANTIATE_TEST_SUITE_P(FeatureMaps, Kinks, testing::ValuesIn(kinked_cases()), tests::case_name);
INSTANTIATE_TEST_SUITE_P(FeatureMaps, CudaKinks, testing::ValuesIn(kinked_cases()), tests::case_name);

}  // namespace
}  // namespace tripartite::attention
