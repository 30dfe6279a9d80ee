// Every backend reports a state that is not finite in the same call and in the same words.
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "attention/network_cases.hpp"
#include "io/error_text.hpp"
#include "support/numbers.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

class NonFiniteState : public testing::TestWithParam<Backend> {};

TEST_P(NonFiniteState, IsReportedWhereTheOutputsAreRead) {
  if (const auto reason = why_unavailable(GetParam()); !reason.empty()) GTEST_SKIP() << reason;
  tests::NetworkCase network{.feature = Feature::favor, .heads = 2, .width = 5, .hidden = 9, .tokens = 3};
  network.parameters = tests::brisk_parameters(Solver::exact);
  const auto engine = make_engine<float>(GetParam(), tests::make_setup(network));
  const auto of = [&](std::uint64_t stream) { return converted<float>(tests::draw_tokens(network, stream, 0.5)); };
  std::vector<float> value = of(2);
  value[10 + 5 + 3] = std::numeric_limits<float>::quiet_NaN();  // token 1, head 1, neuron 3
  engine->load_tokens(0, 3, of(0).data(), of(1).data(), value.data());

  for (int token = 0; token < 3; ++token) {
    engine->advance(Phase::write, token, 0.01);
    engine->advance(Phase::read, token, 0.01);
    EXPECT_NO_THROW(engine->sample(token)) << token;
  }
  std::vector<float> context(3 * 10);
  EXPECT_NO_THROW(engine->outputs(0, 1, context.data()));
  EXPECT_EQ(error_text<NumericsError>([&] { engine->outputs(0, 3, context.data()); }),
            "output l of head 1, neuron 3 is not finite at the read of token 1");
  EXPECT_EQ(error_text<NumericsError>([&] { engine->outputs(2, 1, context.data()); }),
            "output l of head 1, neuron 3 is not finite at the read of token 2");

  engine->reset();
  engine->load_tokens(0, 3, of(0).data(), of(1).data(), of(2).data());
  engine->advance(Phase::write, 0, 0.01);
  engine->advance(Phase::read, 0, 0.01);
  engine->sample(0);
  EXPECT_NO_THROW(engine->outputs(0, 1, context.data()));
}

INSTANTIATE_TEST_SUITE_P(Backends, NonFiniteState, testing::Values(Backend::cpu, Backend::cuda),
                         [](const auto& values) { return std::string(to_string(values.param)); });

}  // namespace
}  // namespace tripartite::attention
