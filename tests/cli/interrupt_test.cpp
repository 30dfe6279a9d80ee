// Ctrl-C ends every command within two seconds, whatever it is doing, and what there is to keep is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/program.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"
#include "support/sanitized.hpp"

namespace tripartite {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// Two seconds are the product's promise. A sanitized program computes several times as long between two looks at the
// wish to stop.
constexpr auto promised = is_sanitized ? 10s : 2s;

struct Interrupted {
  Finished finished;
  std::chrono::duration<double> latency;
};

class Interrupt : public testing::Test {
 protected:
  std::filesystem::path run() const { return directory_.path() / "run"; }

  /// Sends SIGINT some time after the start, or after there is a run directory.
  Interrupted interrupted(std::vector<std::string> arguments, bool wait_for_directory,
                          std::chrono::milliseconds then) const {
    arguments.insert(arguments.end(), {"--backend", "cpu", "--out", run().string()});
    Program program(arguments, directory_.path());
    for (int tries = 0; wait_for_directory && tries < 6000 && !std::filesystem::exists(run() / "config.toml"); ++tries)
      std::this_thread::sleep_for(10ms);
    std::this_thread::sleep_for(then);
    const auto sent = std::chrono::steady_clock::now();
    program.send(SIGINT);
    Finished finished = program.wait();
    return {std::move(finished), std::chrono::steady_clock::now() - sent};
  }

  const TemporaryDirectory directory_;
};

TEST_F(Interrupt, EndsAtOnceWhileThereIsNothingToKeep) {
  // A minute of drawing connections.
  const Interrupted network =
      interrupted({"network", "--neurons", "400000", "--rule", "pairwise_bernoulli", "--set", "connectivity.p=0.0001"},
                  false, 300ms);
  EXPECT_EQ(network.finished.status, 130);
  EXPECT_LT(network.latency, promised);
  EXPECT_THAT(network.finished.err, HasSubstr("tripartite: interrupted"));
  EXPECT_FALSE(std::filesystem::exists(run()));
}

struct LongRun {
  const char* name;
  std::vector<std::string> arguments;
};

class InterruptedRun : public Interrupt, public testing::WithParamInterface<LongRun> {};

TEST_P(InterruptedRun, EndsInOrderWithinTwoSeconds) {
  const Interrupted result = interrupted(GetParam().arguments, true, 500ms);
  EXPECT_EQ(result.finished.status, 130) << result.finished.err;
  EXPECT_LT(result.latency, promised);
  EXPECT_THAT(result.finished.err, HasSubstr("what was finished is in"));
  const auto summary = nlohmann::json::parse(io::read_file(run() / "summary.json"));
  EXPECT_EQ(summary.at("status"), "incomplete");
  EXPECT_THAT(io::read_file(run() / "report.html"), HasSubstr("incomplete"));
}

// Each takes many seconds from one frame, stage or phase to the next.
INSTANTIATE_TEST_SUITE_P(
    Commands, InterruptedRun,
    testing::Values(
        LongRun{"synapse", {"synapse", "--synapses", "1000000", "--duration", "100", "--set", "recording.interval=50"}},
        LongRun{"adaptive",
                {"synapse", "--synapses", "300000", "--duration", "100", "--solver", "rosenbrock", "--set",
                 "recording.interval=50"}},
        LongRun{"astrocyte",
                {"astrocyte", "--astrocytes", "1000000", "--duration", "1000", "--set", "recording.interval=100"}},
        LongRun{"network", {"network", "--neurons", "60000", "--set", "recording.interval=20"}},
        LongRun{"recall", {"recall", "--n", "4000", "--k", "2000"}},
        LongRun{"capacity", {"capacity", "--n", "3000", "--k", "2000"}},
        LongRun{"attend",
                {"attend", "--solver", "rk4", "--dt", "0.00001", "--precision", "float64", "--set",
                 "schedule.settle_time=1"}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(Interrupt, TellsProgressWithinTheFirstSeconds) {
  const Interrupted network =
      interrupted({"network", "--neurons", "400000", "--rule", "pairwise_bernoulli", "--set", "connectivity.p=0.0001"},
                  false, 1500ms);
  EXPECT_THAT(network.finished.err, HasSubstr("connecting: "));
}

}  // namespace
}  // namespace tripartite
