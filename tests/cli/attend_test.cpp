#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "cli/program.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<std::string> short_text{"attend", "--text", "In the beginning God created the heaven"};

class Attend : public testing::Test {
 protected:
  Finished run(std::vector<std::string> arguments) const { return run_program(arguments, directory_.path()); }
  Finished attend(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = short_text;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  json summary(const std::string& run) const { return json::parse(io::read_file(file(run) / "summary.json")); }

  const TemporaryDirectory directory_;
};

TEST_F(Attend, WritesACompleteRunDirectory) {
  const Finished finished = attend({"--out", "run"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(file("run"))) names.insert(entry.path().filename());
  EXPECT_EQ(names,
            (std::set<std::string>{"attention.h5", "config.toml", "recordings.h5", "report.html", "summary.json"}));
  const json written = summary("run");
  EXPECT_EQ(written["schema"], 1);
  EXPECT_EQ(written["command"], "attend");
  EXPECT_EQ(written["status"], "complete");
  EXPECT_GT(written["timing"]["total_s"].get<double>(), 0.0);
  EXPECT_EQ(written["results"]["heads"].size(), 16U);
  for (const json& head : written["results"]["heads"]) {
    // The error of the default schedule is 5e-4 (docs/models.md, part A).
    EXPECT_LT(head["error_linear"].get<double>(), 5e-4);
    EXPECT_GT(head["error_linear"].get<double>(), 0.0);
    EXPECT_GT(head["synapses"].get<int>(), 0);
  }
  EXPECT_EQ(written["results"]["end_to_end"]["top1_agreement"], 1.0);
  EXPECT_THAT(finished.out, AllOf(HasSubstr("layer"), HasSubstr("100.00 %"), HasSubstr("run")));
  EXPECT_THAT(finished.err, Not(HasSubstr("\r"))) << "a progress bar must appear only on a terminal";
}

TEST_F(Attend, PrintsOnlyTheResultsObjectAsJson) {
  const Finished finished = attend({"--json", "--model", "linear", "--out", "run"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json printed = json::parse(finished.out);
  EXPECT_EQ(printed, summary("run")["results"]);
  EXPECT_EQ(printed["features"], "elu1");
}

TEST_F(Attend, RepeatsARunFromItsEffectiveConfiguration) {
  std::ofstream(file("text.txt")) << "And God said, Let there be light";
  ASSERT_EQ(run({"attend", "--text-file", "text.txt", "--features", "relu", "--m", "40", "--set",
                 "synapse.heterogeneity=0.2", "--seed", "7", "--out", "first"})
                .status,
            0);
  std::filesystem::remove(file("text.txt"));
  const Finished again = run({"attend", "--config", "first/config.toml", "--out", "again"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(summary("again")["results"], summary("first")["results"]);
  EXPECT_EQ(summary("again")["config"], summary("first")["config"]);
  EXPECT_EQ(io::read_file(file("again") / "config.toml"), io::read_file(file("first") / "config.toml"));
}

TEST_F(Attend, DoesNotDependOnTheNumberOfThreads) {
  ASSERT_EQ(attend({"--threads", "1", "--out", "one"}).status, 0);
  ASSERT_EQ(attend({"--threads", "3", "--out", "three"}).status, 0);
  EXPECT_EQ(summary("one")["results"], summary("three")["results"]);
}

TEST_F(Attend, NeverOverwritesWithoutForce) {
  std::filesystem::create_directory(file("mine"));
  std::ofstream(file("mine") / "summary.json") << "precious";
  for (const bool force : {false, true}) {
    const Finished finished = force ? attend({"--out", "mine", "--force"}) : attend({"--out", "mine"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, HasSubstr("mine: exists"));
    EXPECT_EQ(io::read_file(file("mine") / "summary.json"), "precious");
  }
}

TEST_F(Attend, KeepsAnOldRunWhenForcedWithBadInput) {
  ASSERT_EQ(attend({"--out", "run"}).status, 0);
  const std::string before = io::read_file(file("run") / "summary.json");
  EXPECT_NE(attend({"--out", "run", "--force", "--model", "absent"}).status, 0);
  EXPECT_NE(attend({"--out", "run", "--force", "--features", "elu1", "--m", "7"}).status, 0);
  EXPECT_NE(attend({"--out", "run", "--force", "--features", "slots", "--m", "2"}).status, 0);
  EXPECT_EQ(io::read_file(file("run") / "summary.json"), before);
}

struct BadInput {
  std::vector<std::string> arguments;
  int status;
  std::string message;
};

class BadAttendInput : public Attend, public testing::WithParamInterface<BadInput> {};

TEST_P(BadAttendInput, IsRejectedWithOneMessageAndNothingWritten) {
  std::ofstream(file("latin.txt"), std::ios::binary) << "caf\xe9";
  std::ofstream(file("empty.txt"));
  std::ofstream(file("bad.toml")) << "[solver]\nmethod = 'exact'\nsteps = 3\n";
  std::ofstream(file("broken.toml")) << "[solver\n";
  std::filesystem::create_directory(file("vacant"));
  std::filesystem::create_directory(file("foreign"));
  std::ofstream(file("foreign") / "config.json") << R"({"model_type": "mamba"})";
  std::set<std::string> before;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) before.insert(entry.path());
  std::vector<std::string> arguments{"attend"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const Finished finished = run(arguments);
  EXPECT_EQ(finished.status, GetParam().status) << finished.err;
  EXPECT_THAT(finished.out, IsEmpty());
  EXPECT_THAT(finished.err, HasSubstr(GetParam().message));
  std::set<std::string> after;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) after.insert(entry.path());
  EXPECT_EQ(after, before);
}

INSTANTIATE_TEST_SUITE_P(
    BadInput, BadAttendInput,
    testing::Values(
        BadInput{{"--txet", "a"}, 2, "unexpected argument --txet; did you mean --text?"},
        BadInput{{"--text"}, 2, "--text"},
        BadInput{{"--text", ""}, 2, "--text: input.text = \"\": expected text that is not empty"},
        BadInput{{"--text", "a", "--text", "b"}, 2, "given before"},
        BadInput{{"--text", "a", "--text-file", "empty.txt"}, 2, "together with input.text"},
        BadInput{{"--text-file", "absent.txt"}, 1, "absent.txt: cannot be read: No such file"},
        BadInput{{"--text-file", "empty.txt"}, 2, "empty"},
        BadInput{{"--text-file", "latin.txt"}, 2, "latin.txt: not valid UTF-8"},
        BadInput{{"--text-file", "vacant"}, 1, "vacant: cannot be read: Is a directory"},
        BadInput{{"--features", "favour"}, 2, "--features: features.map = \"favour\": expected one of auto, slots"},
        BadInput{{"--features", "elu1", "--m", "7"}, 2, "features.m = 7: must equal the width d = 32"},
        BadInput{{"--m", "-1"}, 2, "--m: features.m"},
        BadInput{{"--dt", "nan"}, 2, "--dt: solver.dt = nan: expected a finite number > 0 [s]"},
        BadInput{{"--dt", "fast"}, 2, "--dt: solver.dt = \"fast\""},
        BadInput{{"--solver", "euler", "--dt", "0.003"}, 2, "solver.dt = 0.003: must divide schedule.settle_time"},
        BadInput{{"--solver", "leapfrog"}, 2, "one of exact, exponential_euler, euler, rk4"},
        BadInput{{"--precision", "float16"}, 2, "one of float32, float64"},
        BadInput{{"--set", "astrocyte.tau_calzium=1"},
                 2,
                 "--set: astrocyte.tau_calzium: unknown key; the nearest known one is astrocyte.tau_calcium"},
        BadInput{{"--set", "astrocyte.tau_calcium"}, 2, "expected key=value"},
        BadInput{{"--set", "recording.heads=9:0"}, 2, "recording.heads"},
        BadInput{{"--config", "absent.toml"}, 1, "absent.toml: cannot be read"},
        BadInput{{"--config", "bad.toml"}, 2, "bad.toml:3: solver.steps: unknown key"},
        BadInput{{"--config", "broken.toml"}, 2, "broken.toml:1: not valid TOML"},
        BadInput{{"--model", "absent"}, 1, "absent"}, BadInput{{"--model", "vacant"}, 1, "config.json"},
        BadInput{{"--model", "foreign"}, 2, "mamba"}, BadInput{{"--out", "empty.txt"}, 2, "empty.txt: exists"},
        BadInput{{"--out", "empty.txt/run"}, 1, "empty.txt"},
        BadInput{{"--out", "/proc/run"}, 1, "/proc/run: the run directory cannot be created"}));

/// A long run that is interrupted after integration has started.
class InterruptedAttend : public Attend {
 protected:
  std::unique_ptr<Program> start(const std::string& settle_time) const {
    auto program = std::make_unique<Program>(
        std::vector<std::string>{"attend", "--solver", "rk4", "--dt", "0.00001", "--precision", "float64", "--set",
                                 "schedule.settle_time=" + settle_time, "--out", "run"},
        directory_.path());
    // The run directory appears when the computation starts.
    for (int tries = 0; tries < 3000 && !std::filesystem::exists(file("run") / "config.toml"); ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return program;
  }
};

TEST_F(InterruptedAttend, LeavesAReadableRunMarkedIncomplete) {
  const auto program = start("0.1");
  program->send(SIGINT);
  const Finished finished = program->wait();
  EXPECT_EQ(finished.status, 130);
  EXPECT_THAT(finished.err, HasSubstr("tripartite: interrupted"));
  EXPECT_THAT(finished.out, IsEmpty());
  EXPECT_EQ(summary("run")["status"], "incomplete");
  EXPECT_THAT(io::read_file(file("run") / "report.html"), HasSubstr("incomplete"));
}

TEST_F(InterruptedAttend, StopsImmediatelyOnTheSecondSignal) {
  const auto program = start("5");
  program->send(SIGINT);
  program->send(SIGTERM);  // unlike a second SIGINT, not merged with the first signal
  const Finished finished = program->wait();
  EXPECT_EQ(finished.status, 130);
  EXPECT_THAT(finished.err, Not(HasSubstr("tripartite: interrupted")));
  EXPECT_EQ(summary("run")["status"], "incomplete");
}

}  // namespace
}  // namespace tripartite
