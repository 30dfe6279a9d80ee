// Checkpoints, `tripartite resume` and `tripartite check` as a user sees them. Faults at random instants of every
// command are injected by scripts/inject-faults.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/program.hpp"
#include "host/io/atomic_file.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"
#include "support/sanitized.hpp"

namespace tripartite {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

class ResumeTest : public testing::Test {
 protected:
  fs::path path(const char* name) const { return directory_.path() / name; }
  Finished run(const std::vector<std::string>& arguments) const { return run_program(arguments, directory_.path()); }
  static nlohmann::json summary(const fs::path& directory) {
    return nlohmann::json::parse(io::read_file(directory / "summary.json"));
  }
  static std::vector<fs::path> checkpoints(const fs::path& directory) {
    std::vector<fs::path> all;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error))
      if (entry.path().filename().string().starts_with("checkpoint-")) all.push_back(entry.path());
    return all;
  }

  /// A run of several seconds that releases; more arguments go behind.
  static std::vector<std::string> long_run(const char* out, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"synapse",
                                       "--synapses",
                                       is_sanitized ? "300" : "2000",
                                       "--duration",
                                       "40",
                                       "--backend",
                                       "cpu",
                                       "--solver",
                                       "rk4",
                                       "--out",
                                       out,
                                       "--set",
                                       "recording.interval=0.1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  /// Waits until `is_there` says so, at most half a minute.
  template <class IsThere>
  static bool wait_for(IsThere is_there) {
    for (int tries = 0; tries < 3000; ++tries) {
      if (is_there()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  /// Stops a run once it has left a checkpoint.
  Finished stopped(const char* out, int signal,
                   std::vector<std::string> more = {"--set", "run.checkpoint_interval=0.1"}) const {
    Program program(long_run(out, std::move(more)), directory_.path());
    EXPECT_TRUE(wait_for([&] { return !checkpoints(path(out)).empty(); }));
    program.send(signal);
    return program.wait();
  }

  void expect_same(const char* one, const char* other) const {
    for (const char* file : {"recordings.h5", "releases.h5", "means.h5"})
      EXPECT_EQ(io::read_file(path(one) / file), io::read_file(path(other) / file)) << file;
    auto first = summary(path(one))["results"], second = summary(path(other))["results"];
    first.erase("synapse_steps_per_s");
    second.erase("synapse_steps_per_s");
    EXPECT_EQ(first, second);
  }

  const TemporaryDirectory directory_;
};

TEST_F(ResumeTest, GoesOnAfterKillAndAfterInterruptToTheVerySameFiles) {
  ASSERT_EQ(run(long_run("whole")).status, 0);
  EXPECT_EQ(stopped("cut", SIGKILL).status, 128 + SIGKILL);
  EXPECT_EQ(summary(path("cut"))["status"], "incomplete");
  const Finished again = run({"resume", "cut", "--threads", "1"});
  EXPECT_EQ(again.status, 0) << again.err;
  expect_same("whole", "cut");
  EXPECT_TRUE(checkpoints(path("cut")).empty());
  EXPECT_FALSE(fs::exists(path("cut") / "journal.bin"));
  EXPECT_EQ(summary(path("cut"))["resumed"].size(), 1u);

  const Finished interrupted = stopped("stopped", SIGTERM);
  EXPECT_EQ(interrupted.status, 130);
  EXPECT_THAT(interrupted.err, HasSubstr("`tripartite resume stopped` goes on"));
  EXPECT_EQ(run({"resume", "stopped"}).status, 0);
  expect_same("whole", "stopped");
  const Finished complete = run({"resume", "stopped"});
  EXPECT_EQ(complete.status, 0);
  EXPECT_THAT(complete.err, HasSubstr("the run is complete"));
}

TEST_F(ResumeTest, InterruptLeavesACheckpointThoughNoneWasDue) {
  Program program(long_run("run"), directory_.path());
  ASSERT_TRUE(wait_for([&] { return fs::exists(path("run") / "config.toml"); }));
  std::this_thread::sleep_for(300ms);
  program.send(SIGINT);
  EXPECT_EQ(program.wait().status, 130);
  EXPECT_EQ(checkpoints(path("run")).size(), 1u);
}

TEST_F(ResumeTest, ACheckpointIsTakenOnRequest) {
  Program program(long_run("run"), directory_.path());
  ASSERT_TRUE(wait_for([&] { return fs::exists(path("run") / "config.toml"); }));
  EXPECT_TRUE(checkpoints(path("run")).empty());
  program.send(SIGUSR1);
  EXPECT_TRUE(wait_for([&] { return !checkpoints(path("run")).empty(); }));
  program.send(SIGKILL);
  program.wait();
}

TEST_F(ResumeTest, ZeroIntervalKeepsNothing) {
  Program program(long_run("none", {"--set", "run.checkpoint_interval=0"}), directory_.path());
  ASSERT_TRUE(wait_for([&] { return fs::exists(path("none") / "config.toml"); }));
  std::this_thread::sleep_for(300ms);
  program.send(SIGINT);
  EXPECT_EQ(program.wait().status, 130);
  EXPECT_FALSE(fs::exists(path("none") / "journal.bin"));
  EXPECT_TRUE(checkpoints(path("none")).empty());
}

TEST_F(ResumeTest, ARunCanBeMadeLonger) {
  const auto of_duration = [](const char* out, const char* duration, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"network",   "--neurons", "30",    "--duration", duration,
                                       "--backend", "cpu",       "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  ASSERT_EQ(run(of_duration("long", "4")).status, 0);
  ASSERT_EQ(run(of_duration("short", "2")).status, 0);
  EXPECT_THAT(run({"resume", "short", "--duration", "4"}).err, HasSubstr("run.keep_checkpoint"));
  ASSERT_EQ(run(of_duration("kept", "2", {"--set", "run.keep_checkpoint=true"})).status, 0);
  const Finished shorter = run({"resume", "kept", "--duration", "1"});
  EXPECT_EQ(shorter.status, 2);
  EXPECT_THAT(shorter.err, HasSubstr("--duration = 1: expected at least the 2 s"));
  ASSERT_EQ(run({"resume", "kept", "--duration", "4"}).status, 0);
  for (const char* file : {"recordings.h5", "releases.h5", "means.h5", "edges.h5"})
    EXPECT_EQ(io::read_file(path("long") / file), io::read_file(path("kept") / file)) << file;
  EXPECT_EQ(summary(path("long"))["results"], summary(path("kept"))["results"]);
}

TEST_F(ResumeTest, StopsBeforeItsTimeIsUp) {
  const auto began = std::chrono::steady_clock::now();
  const Finished late = run({"synapse", "--synapses", is_sanitized ? "60" : "2000", "--duration", "4000", "--backend",
                             "cpu", "--solver", "rk4", "--out", "run", "--max-time", "3s"});
  EXPECT_EQ(late.status, 130);
  EXPECT_THAT(late.err, HasSubstr("run.max_time = 3s is nearly over"));
  // The end may take longer on a loaded machine, and with sanitizers; without the limit this takes minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - began, is_sanitized ? 60s : 20s);
  EXPECT_FALSE(checkpoints(path("run")).empty());
  EXPECT_THAT(run(long_run("other", {"--max-time", "soon"})).err,
              AllOf(HasSubstr("run.max_time = \"soon\""), HasSubstr("55m")));
}

TEST_F(ResumeTest, RefusesWhatNeedsMoreMemoryThanItMay) {
  const Finished refused = run({"synapse", "--synapses", "10000000", "--max-memory", "100M", "--out", "run"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("population.synapses"), HasSubstr("GiB are available")));
  EXPECT_FALSE(fs::exists(path("run")));
  EXPECT_EQ(run({"synapse", "--synapses", "10", "--duration", "1", "--max-memory", "4G", "--out", "run"}).status, 0);
}

TEST_F(ResumeTest, OneProcessWorksInADirectory) {
  // Of minutes, however slow the second process is.
  Program first({"synapse", "--synapses", is_sanitized ? "60" : "2000", "--duration", "4000", "--backend", "cpu",
                 "--solver", "rk4", "--out", "run", "--set", "run.checkpoint_interval=0.1"},
                directory_.path());
  ASSERT_TRUE(wait_for([&] { return !checkpoints(path("run")).empty(); }));
  for (const Finished& second : {run({"resume", "run"}), run(long_run("run", {"--force"}))}) {
    EXPECT_EQ(second.status, 2);
    EXPECT_THAT(second.err, HasSubstr("run: another process works in this run directory"));
  }
  first.send(SIGKILL);
  first.wait();
  EXPECT_EQ(summary(path("run"))["status"], "incomplete");
}

TEST_F(ResumeTest, RefusesOtherArithmeticUnlessThatIsAllowed) {
  stopped("run", SIGKILL);
  ::setenv("TRIPARTITE_INSTRUCTION_SET", "baseline", 1);
  const Finished refused = run({"resume", "run"});
  const bool is_other = refused.status != 0;  // a machine may have no wider instruction set
  if (is_other) {
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("instruction set"), HasSubstr("--allow-backend-change")));
    const Finished allowed = run({"resume", "run", "--allow-backend-change"});
    EXPECT_EQ(allowed.status, 0) << allowed.err;
    EXPECT_EQ(summary(path("run"))["resumed"].back()["instruction_set"], "baseline");
  }
  ::unsetenv("TRIPARTITE_INSTRUCTION_SET");
}

TEST_F(ResumeTest, RefusesWhatIsNoRun) {
  EXPECT_EQ(run({"resume", "absent"}).status, 1);
  EXPECT_THAT(run({"resume", "absent"}).err, HasSubstr("absent: is not a run directory"));
  EXPECT_THAT(run({"check", "absent"}).err, HasSubstr("absent: is not a run directory"));
}

TEST_F(ResumeTest, CheckTellsWhatIsWholeAndWhatItIsGoodFor) {
  ASSERT_EQ(run({"synapse", "--duration", "1", "--backend", "cpu", "--out", "run"}).status, 0);
  const Finished whole = run({"check", "run"});
  EXPECT_EQ(whole.status, 0) << whole.out;
  EXPECT_THAT(whole.out,
              AllOf(HasSubstr("synapse, complete"), HasSubstr("checksum agrees"), Not(HasSubstr("NOT WHOLE"))));
  std::string bytes = io::read_file(path("run") / "means.h5");
  bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 1);
  io::write_file(path("run") / "means.h5", bytes);
  fs::remove(path("run") / "releases.h5");
  const Finished damaged = run({"check", "run", "--json"});
  EXPECT_EQ(damaged.status, 1);
  const auto object = nlohmann::json::parse(damaged.out);
  EXPECT_EQ(object["whole"], false);
  for (const auto& file : object["files"]) {
    const bool is_damaged = file["name"] == "means.h5" || file["name"] == "releases.h5";
    EXPECT_EQ(file["whole"], !is_damaged) << file;
  }

  stopped("cut", SIGKILL);
  const Finished cut = run({"check", "cut"});
  EXPECT_EQ(cut.status, 0) << cut.out;
  EXPECT_THAT(cut.out, AllOf(HasSubstr("incomplete"), HasSubstr("`tripartite resume` from step")));
  EXPECT_EQ(run({"report", "cut"}).status, 0);
  EXPECT_THAT(io::read_file(path("cut") / "report.html"), HasSubstr("incomplete"));
}

TEST_F(ResumeTest, TidiesACompleteRunWhoseProcessWasKilledBeforeItsReportWasThere) {
  ASSERT_EQ(run(long_run("run")).status, 0);
  fs::rename(path("run") / "report.html", path("run") / ".report.html.1.3.partial");
  EXPECT_THAT(run({"resume", "run"}).err, HasSubstr("the run is complete"));
  EXPECT_TRUE(fs::exists(path("run") / "report.html"));
  EXPECT_FALSE(fs::exists(path("run") / ".report.html.1.3.partial"));
}

TEST_F(ResumeTest, GoesOnWhereADamagedCheckpointIsPassedOver) {
  ASSERT_EQ(run(long_run("whole")).status, 0);
  stopped("cut", SIGKILL);
  for (const auto& each : checkpoints(path("cut"))) io::write_file(each, "tripartite checkpoint\nof something");
  const Finished again = run({"resume", "cut"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, AllOf(HasSubstr("checkpoint-"), HasSubstr("the run begins anew")));
  expect_same("whole", "cut");
}

class ResumedGenerate : public ResumeTest, public testing::WithParamInterface<bool> {
 protected:
  static std::vector<std::string> arguments(const char* out, std::vector<std::string> more = {}) {
    std::vector<std::string> all{"generate",
                                 "--tokens",
                                 is_sanitized ? "8" : "60",
                                 "--prompt",
                                 "And the king said",
                                 "--out",
                                 out,
                                 "--backend",
                                 "cpu",
                                 "--set",
                                 "run.checkpoint_interval=0.02"};
    if (GetParam()) all.insert(all.end(), {"--network", "--solver", "rk4"});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// Stops a run that has kept some tokens, if it is not complete by then.
  Finished stopped(const char* out, int signal) const {
    Program program(arguments(out), directory_.path());
    EXPECT_TRUE(wait_for([&] {
      std::error_code error;
      return fs::exists(path(out) / "report.html") || fs::file_size(path(out) / "journal.bin", error) + 1 > 200;
    }));
    program.send(signal);
    return program.wait();
  }
  void expect_same_text(const char* one, const char* other) const {
    EXPECT_EQ(io::read_file(path(one) / "text.txt"), io::read_file(path(other) / "text.txt"));
    auto first = summary(path(one))["results"], second = summary(path(other))["results"];
    first.erase("seconds");
    second.erase("seconds");
    EXPECT_EQ(first, second);
  }
};

INSTANTIATE_TEST_SUITE_P(Attention, ResumedGenerate, testing::Bool(),
                         [](const auto& by_network) { return by_network.param ? "Network" : "Products"; });

TEST_P(ResumedGenerate, GoesOnAfterKillAndAfterInterruptToTheVerySameText) {
  const Finished whole = run(arguments("whole"));
  ASSERT_EQ(whole.status, 0) << whole.err;
  EXPECT_THAT(whole.out, HasSubstr("And the king said"));
  EXPECT_EQ(whole.out.find(io::read_file(path("whole") / "text.txt")), 0U);
  EXPECT_THAT(io::read_file(path("whole") / "report.html"), HasSubstr("<b>And the king said</b>"));
  for (const int signal : {SIGKILL, SIGTERM, SIGINT}) {
    const std::string cut = "cut" + std::to_string(signal);
    const Finished ended = stopped(cut.c_str(), signal);
    // Matrix products may have been faster than the signal, which then met a process on its way out.
    if (summary(path(cut.c_str()))["status"] != "complete") {
      EXPECT_EQ(ended.status, signal == SIGKILL ? 128 + SIGKILL : 130) << ended.err;
      const Finished check = run({"check", cut});
      EXPECT_EQ(check.status, 0) << check.out;
      EXPECT_THAT(check.out, AllOf(HasSubstr("generate, incomplete"), HasSubstr("`tripartite resume` from")));
    }
    const Finished again = run({"resume", cut, "--threads", "1"});
    EXPECT_EQ(again.status, 0) << again.err;
    expect_same_text("whole", cut.c_str());
    EXPECT_FALSE(fs::exists(path(cut.c_str()) / "journal.bin"));
    EXPECT_TRUE(checkpoints(path(cut.c_str())).empty());
    EXPECT_THAT(run({"check", cut}).out, AllOf(HasSubstr("text.txt"), HasSubstr("the complete run")));
  }
}

TEST_P(ResumedGenerate, PrintsTheObjectOfItsSummary) {
  const Finished finished = run(arguments("run", {"--json"}));
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(nlohmann::json::parse(finished.out), summary(path("run"))["results"]);
}

TEST_F(ResumeTest, GenerateStopsBeforeItsTimeIsUp) {
  // The slowest solver of a longest text takes minutes.
  const Finished late = run({"generate", "--network", "--solver", "rk4", "--dt", "1e-5", "--tokens", "100", "--backend",
                             "cpu", "--out", "run", "--max-time", "2s"});
  EXPECT_EQ(late.status, 130);
  EXPECT_THAT(late.err, AllOf(HasSubstr("run.max_time = 2s is nearly over"), HasSubstr("what was finished is in run")));
  EXPECT_TRUE(fs::exists(path("run") / "summary.json"));
}

TEST_F(ResumeTest, GenerateWithoutADirectoryLeavesNothing) {
  EXPECT_EQ(run({"generate", "--tokens", "2"}).status, 0);
  EXPECT_EQ(directory_.entries(), 0U);
}

}  // namespace
}  // namespace tripartite
