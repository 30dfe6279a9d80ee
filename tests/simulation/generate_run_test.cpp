#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "host/run/checkpoints.hpp"
#include "host/run/pieces.hpp"
#include "host/simulation/generate.hpp"
#include "io/temporary_directory.hpp"
#include "simulation/silent_listener.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

struct Setting {
  const char* name;
  const char* model;
  bool is_network;
  attention::Solver solver;
  double interval;  // of checkpoints [s]
};

/// Keeps what is finished in a directory; stops after some tokens.
class KeepingListener final : public RunListener {
 public:
  KeepingListener(const std::filesystem::path& directory, double interval, bool resume, int most = 1000)
      : most_(most),
        checkpoints_({.directory = directory,
                      .identity = {"generate", "float32", "cpu", "any"},
                      .interval = interval,
                      .resume = resume}) {}
  void progress(std::string_view, double) override {}
  void message(std::string_view) override {}
  bool cancelled() const override { return seen_ >= most_; }
  run::Checkpoints* checkpoints() override { return &checkpoints_; }
  void note() { ++seen_; }

 private:
  int most_, seen_ = 0;
  run::Checkpoints checkpoints_;
};

class GenerateRun : public testing::TestWithParam<Setting> {
 protected:
  static config::GenerateConfig config() {
    config::GenerateConfig config;
    config.prompt = "And the king said";
    config.tokens = 9;
    config.model = GetParam().model;
    config.integrate = GetParam().is_network;
    config.network.solver = GetParam().solver;
    config.execution.backend = Backend::cpu;
    return config;
  }
  static GenerateResult whole() {
    SilentListener listener;
    GenerateResult result;
    generate(
        config(), listener, [](std::string_view) {}, result);
    return result;
  }
  /// Takes the run up and stops it after so many tokens, kept ones among them.
  GenerateResult part(bool resume, int most) const {
    KeepingListener listener(directory_.path(), GetParam().interval, resume, most);
    GenerateResult result;
    const auto note = [&](std::string_view) { listener.note(); };
    if (most < config().tokens)
      EXPECT_THROW(generate(config(), listener, note, result), Cancelled);
    else
      generate(config(), listener, note, result);
    return result;
  }

  const TemporaryDirectory directory_;
};

constexpr auto exact = attention::Solver::exact, rk4 = attention::Solver::rk4;
INSTANTIATE_TEST_SUITE_P(Attention, GenerateRun,
                         testing::Values(Setting{"Softmax", "softmax", false, exact, 0},
                                         Setting{"Elu1", "linear", false, exact, 0},
                                         Setting{"NetworkFromAState", "softmax", true, exact, 0},
                                         Setting{"NetworkFromAStateBySteps", "linear", true, rk4, 0},
                                         Setting{"NetworkFromTheTokensAlone", "softmax", true, exact, 1e9}),
                         [](const auto& each) { return each.param.name; });

TEST_P(GenerateRun, StoppedAndResumedTwiceIsTheVerySame) {
  const GenerateResult expected = whole();
  EXPECT_EQ(part(false, 3).ids.size(), 3U);
  EXPECT_EQ(part(true, 6).ids.size(), 6U);
  const bool has_state = GetParam().is_network && GetParam().interval == 0;
  EXPECT_EQ(run::checkpoint_files(directory_.path()).empty(), !has_state);
  const GenerateResult resumed = part(true, 1000);
  EXPECT_EQ(resumed.ids, expected.ids);
  EXPECT_EQ(resumed.text, expected.text);
  EXPECT_EQ(resumed.simulated_seconds, expected.simulated_seconds);
}

TEST_P(GenerateRun, DrawsNoKeptTokenAgain) {
  const std::vector<int> expected = whole().ids;
  const int other = expected.front() == 17 ? 18 : 17;
  {
    KeepingListener listener(directory_.path(), 1e9, false);
    listener.checkpoints()->finish("token 0", run::PieceWriter().put(std::int32_t(other)).put(2.5).bytes());
  }
  const GenerateResult resumed = part(true, 1000);
  ASSERT_EQ(resumed.ids.size(), expected.size());
  EXPECT_EQ(resumed.ids.front(), other);
  EXPECT_NE(resumed.ids, expected);
  EXPECT_GT(resumed.seconds, 2.5);
}

TEST_P(GenerateRun, ThatIsCompleteComputesNothing) {
  const GenerateResult expected = whole();
  part(false, 1000);
  const GenerateResult again = part(true, 1000);
  EXPECT_EQ(again.ids, expected.ids);
}

/// A state whose tokens the journal does not have would leave the network beside the text.
TEST_P(GenerateRun, RefusesAStateOfOtherTokens) {
  if (!GetParam().is_network) GTEST_SKIP() << "keeps no state";
  {
    KeepingListener listener(directory_.path(), 1e9, false);
    listener.checkpoints()->finish("token 0", run::PieceWriter().put(std::int32_t(17)).put(0.5).bytes());
    listener.checkpoints()->take(100, 10, [](std::ostream& out) { out << "state"; });
    listener.checkpoints()->wait();
  }
  KeepingListener listener(directory_.path(), 1e9, true);
  GenerateResult result;
  EXPECT_THROW(generate(
                   config(), listener, [](std::string_view) {}, result),
               FileError);
}

}  // namespace
}  // namespace tripartite::simulation
