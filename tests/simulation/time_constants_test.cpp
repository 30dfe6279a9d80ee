#include "host/simulation/time_constants.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tripartite/neuron/rate_neuron.hpp"

namespace tripartite::simulation {
namespace {

class Messages final : public RunListener {
 public:
  void progress(std::string_view, double) override {}
  void message(std::string_view text) override { all += std::string(text) + '\n'; }
  bool cancelled() const override { return false; }
  std::string all;
};

NetworkSetup one_synapse() {
  NetworkSetup setup;
  setup.add(calcium_models().front().synapse(), 2, "synapses");
  return setup;
}

TEST(TimeConstants, OfASynapseAreThoseOfGliotransmitterAndItsReceptors) {
  const auto found = time_constants(one_synapse());
  EXPECT_EQ(to_string(found.fastest.value()), "1/Omega_e = 16.7 ms");
  EXPECT_EQ(to_string(found.slowest.value()), "1/Omega_G = 120 s");
}

TEST(TimeConstants, SeeParametersThatVary) {
  NetworkSetup setup = one_synapse();
  setup[0].vary("Omega_G", {0.01, 0.002});
  EXPECT_DOUBLE_EQ(time_constants(setup).slowest->seconds, 500);
  setup[0].set("Omega_5P", 0.0);  // no decay has no time constant
  EXPECT_DOUBLE_EQ(time_constants(setup).slowest->seconds, 500);
}

TEST(TimeConstants, FiringRatesAreNone) {
  NetworkSetup setup;
  setup.add(model<RateNeuron>(), 1, "neurons");
  const auto found = time_constants(setup);
  EXPECT_EQ(to_string(found.fastest.value()), "tau = 20 ms");
  EXPECT_EQ(to_string(found.slowest.value()), "tau = 20 ms");
}

TEST(TimeConstants, AWarningNamesTheOneThatAStepIsLongerThan) {
  NetworkSetup setup = one_synapse();
  Messages messages;
  setup.dt = 0.01;
  warn_of_long_steps(setup, messages);
  EXPECT_EQ(messages.all, "");
  setup.dt = 1;
  setup.method = integrate::Method::dormand_prince;
  warn_of_long_steps(setup, messages);
  EXPECT_EQ(messages.all, "") << "this method chooses its steps";
  setup.method = integrate::Method::rk4;
  warn_of_long_steps(setup, messages);
  EXPECT_THAT(messages.all, testing::AllOf(testing::HasSubstr("1 s"), testing::HasSubstr("1/Omega_e = 16.7 ms")));
}

}  // namespace
}  // namespace tripartite::simulation
