// The command sweep and --check-step, tested as separate processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/program.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class SweepCommand : public testing::Test {
 protected:
  Finished run(const std::vector<std::string>& arguments) const { return run_program(arguments, directory_.path()); }
  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  json summary(const std::string& run) const { return json::parse(io::read_file(file(run) / "summary.json")); }
  std::ptrdiff_t rows(const std::string& run) const {
    const std::string csv = io::read_file(file(run) / "sweep.csv");
    return std::count(csv.begin(), csv.end(), '\n') - 1;
  }
  /// Interrupts a sweep into `a` once it has rows: what it has by then is kept, and reported.
  void expect_interrupted(const std::vector<std::string>& arguments) const {
    Program program(arguments, directory_.path());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (!std::filesystem::exists(file("a") / "sweep.csv") && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    program.send(SIGINT);
    const Finished finished = program.wait();
    EXPECT_EQ(finished.status, 130);
    EXPECT_EQ(summary("a")["status"], "incomplete");
    EXPECT_GT(rows("a"), 0);
    EXPECT_EQ(summary("a")["results"]["finished_points"], rows("a"));
    EXPECT_THAT(io::read_file(file("a") / "report.html"), HasSubstr("finished points"));
  }
  const TemporaryDirectory directory_;
};

TEST_F(SweepCommand, SaysWhatItDiscardsAndWhereItDrifts) {
  const Finished settled =
      run({"sweep", "--over", "O_delta=0.3:0.6:2", "--dt", "0.005", "--duration", "60", "--out", "a"});
  ASSERT_EQ(settled.status, 0) << settled.err;
  EXPECT_THAT(settled.err, HasSubstr("the first 600 s are discarded (5 times 1/Omega_G = 120 s)"));
  EXPECT_THAT(settled.out, HasSubstr("600 s discarded and 60 s observed"));
  EXPECT_THAT(settled.err, testing::Not(HasSubstr("drift")));
  EXPECT_EQ(summary("a")["results"]["discarded_s"], 600);
  EXPECT_EQ(summary("a")["results"]["drifting_points"], 0);

  const Finished drifting = run(
      {"sweep", "--over", "rate=0.1:0.2:2", "--dt", "0.005", "--transient", "50", "--duration", "50", "--out", "b"});
  ASSERT_EQ(drifting.status, 0) << drifting.err;
  EXPECT_THAT(drifting.err, AllOf(HasSubstr("2 of 2 points still drift"), HasSubstr("--transient")));
  EXPECT_EQ(summary("b")["results"]["drifting_points"], 2);
  EXPECT_THAT(drifting.out, HasSubstr("drifts"));
  EXPECT_THAT(io::read_file(file("b") / "report.html"), HasSubstr("2 of 2 points still drift"));
}

TEST_F(SweepCommand, TheReportNamesTheResultAndItsUnits) {
  ASSERT_EQ(run({"sweep", "--over", "O_delta=0.3:1.3:3", "--dt", "0.005", "--duration", "60", "--out", "a"}).status, 0);
  const std::string page = io::read_file(file("a") / "report.html");
  EXPECT_THAT(page, HasSubstr("Calcium oscillates at O<sub>δ</sub> = 0.3 µM/s, with 0.17"));
  EXPECT_THAT(page, HasSubstr("[µM/s]"));
}

TEST_F(SweepCommand, AnInterruptedOneKeepsItsFinishedRows) {
  expect_interrupted({"sweep", "--over", "O_delta=0.2:1:256", "--over", "K_P=0.05:0.1:256", "--dt", "0.005",
                      "--transient", "1", "--duration", "2", "--set", "run.threads=1", "--out", "a"});
  EXPECT_LT(rows("a"), 256 * 256);
  EXPECT_EQ(rows("a") % 1024, 0);
}

/// A network that runs for a fraction of a second.
std::vector<std::string> network_sweep(const std::vector<std::string>& more) {
  std::vector<std::string> all{"sweep",        "--network", "--neurons", "20",
                               "--astrocytes", "2",         "--set",     "connectivity.indegree=5"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST_F(SweepCommand, OfANetworkTellsWhatItDoesAndRepeatsItself) {
  const Finished first = run(network_sweep({"--over", "J_excitatory=0:0.6:3", "--over", "input.external=2:5:6",
                                            "--transient", "1", "--duration", "2", "--seeds", "2", "--out", "a"}));
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_THAT(first.err, AllOf(HasSubstr("of each network the first 1 s are discarded, then 2 s observed"),
                               HasSubstr("networks still drift"), HasSubstr("--transient")));
  EXPECT_THAT(first.out, HasSubstr("18 points of 2 networks, 1 s discarded and 2 s observed"));
  EXPECT_EQ(summary("a")["command"], "sweep --network");
  EXPECT_EQ(rows("a"), 36);
  const std::string page = io::read_file(file("a") / "report.html");
  EXPECT_THAT(page, AllOf(HasSubstr("<span>tripartite sweep --network</span>"), HasSubstr("mean rate of neurons [1/s]"),
                          HasSubstr("networks still drift"), HasSubstr("Means over 2 networks at each point")));
  const Finished again = run({"sweep", "--network", "--config", "a/config.toml", "--out", "b"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(io::read_file(file("a") / "sweep.csv"), io::read_file(file("b") / "sweep.csv"));
}

TEST_F(SweepCommand, OfANetworkTakesTheConfigurationsOfNetworks) {
  const std::string bursts = TRIPARTITE_PROJECT_DATA "/../examples/gliotransmission_bursts.toml";
  const Finished finished = run({"sweep", "--network", "--config", bursts, "--over", "synapse.O_G=0:2:2", "--transient",
                                 "15", "--duration", "10", "--out", "a"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json results = summary("a")["results"];
  EXPECT_EQ(results["bursts_per_s"][0], 0);
  EXPECT_GT(results["bursts_per_s"][1], 1);
  EXPECT_THAT(io::read_file(file("a") / "report.html"),
              HasSubstr("The network bursts at O<sub>G</sub> = 2 /(µM s), with"));
  const Finished without = run({"sweep", "--config", bursts, "--over", "O_G=0:2:2"});
  EXPECT_EQ(without.status, 2);
  EXPECT_THAT(without.err, AllOf(HasSubstr("unknown section"), HasSubstr("is it for `tripartite sweep --network`?")));
}

TEST_F(SweepCommand, OfANetworkRefusesBeforeThereIsADirectory) {
  for (const auto& [axis, words] : {std::pair("synapse.O_GG=0:2:3", "the nearest known one is synapse.O_G"),
                                    {"synapse.O_G=-1:2:4", "synapse.O_G = -1.0: expected a finite number >= 0"},
                                    {"connectivity.pool_size=1:4:4", "must be at most astrocytes.count = 2"},
                                    {"population.neurons=2:4:9", "population.neurons is a whole number"}}) {
    const Finished finished = run(network_sweep({"--over", axis, "--out", "a"}));
    EXPECT_EQ(finished.status, 2) << axis;
    EXPECT_THAT(finished.err, AllOf(HasSubstr("sweep.over"), HasSubstr(axis), HasSubstr(words)));
    EXPECT_FALSE(std::filesystem::exists(file("a"))) << axis;
  }
  const Finished brief = run(network_sweep({"--over", "synapse.O_G=0:1:2", "--duration", "0.2", "--out", "a"}));
  EXPECT_EQ(brief.status, 2);
  EXPECT_THAT(brief.err, HasSubstr("population.duration = 0.2: must be at least 10 times recording.interval"));
  const Finished missing = run({"sweep", "--network", "--rule", "file", "--set", "connectivity.edges=none.csv", "--set",
                                "population.neurons=4", "--over", "synapse.O_G=0:1:2", "--out", "a"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("none.csv"));
  EXPECT_FALSE(std::filesystem::exists(file("a")));
}

TEST_F(SweepCommand, OfANetworkKeepsItsFinishedRowsWhenInterrupted) {
  expect_interrupted(network_sweep({"--over", "input.external=2:6:400", "--transient", "1", "--duration", "20", "--set",
                                    "run.threads=2", "--out", "a"}));
  EXPECT_LT(rows("a"), 400);
  EXPECT_EQ(summary("a")["results"]["finished_networks"], rows("a"));
}

TEST_F(SweepCommand, ALongStepIsWarnedOfAndMeasured) {
  const Finished warned = run(
      {"synapse", "--solver", "exponential_euler", "--dt", "1", "--duration", "20", "--set", "recording.interval=1"});
  ASSERT_EQ(warned.status, 0) << warned.err;
  EXPECT_THAT(warned.err,
              AllOf(HasSubstr("steps of 1 s are longer than the fastest time constant, 1/Omega_e = 16.7 ms"),
                    HasSubstr("--check-step")));
  const Finished checked =
      run({"synapse", "--solver", "exponential_euler", "--duration", "20", "--check-step", "--out", "a"});
  ASSERT_EQ(checked.status, 0) << checked.err;
  EXPECT_THAT(checked.err, testing::Not(HasSubstr("longer than the fastest")));
  EXPECT_THAT(checked.out, HasSubstr("the same with half the step (0.5 ms)"));
  const json check = summary("a")["results"]["step_check"];
  for (const json& each : check["differences"]) {
    const double largest = each["relative_difference"].get<double>();
    if (each["quantity"] != "G_A") {  // gone within 17 ms of a release
      EXPECT_LT(largest, 0.5) << each;
    }
    if (each["quantity"] == "r") {
      EXPECT_GT(largest, 1e-4);
    }
  }
  EXPECT_EQ(check["differences"].size(), 12U);  // ten states, r, releases
  // The step of the run itself is that of a run of half the step.
  ASSERT_EQ(run({"synapse", "--solver", "exponential_euler", "--duration", "20", "--dt", "5e-4", "--out", "b"}).status,
            0);
  EXPECT_EQ(check["differences"][0]["finer"], summary("b")["results"]["final_means"]["u"]);
}

TEST_F(SweepCommand, NetworksAndAstrocytesCheckTheirStepsToo) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"network", "--duration", "1", "--neurons", "10", "--out", "a"},
        {"astrocyte", "--duration", "20", "--out", "a"},
        {"synapse", "--duration", "2", "--drive", "poisson", "--out", "a"},
        {"synapse", "--duration", "2", "--solver", "dormand_prince", "--out", "a"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--check-step", "--force"});
    const Finished finished = run(arguments);
    ASSERT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("the same with ")) << command.front();
    const json check = summary("a")["results"]["step_check"];
    for (const json& each : check["differences"])
      if (each["quantity"] != "G_A") {
        EXPECT_LT(each["relative_difference"].get<double>(), 0.2) << command.front() << each;
      }
  }
}

}  // namespace
}  // namespace tripartite
