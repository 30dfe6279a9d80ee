#include "host/simulation/run_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <set>

#include "host/io/atomic_file.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"
#include "tripartite/version.hpp"

namespace tripartite::simulation {
namespace {

using nlohmann::ordered_json;
using testing::AllOf;
using testing::HasSubstr;

class RunDirectoryIn : public testing::Test {
 protected:
  static RunDescription description() {
    return {.command = "attend",
            .precision = Precision::float64,
            .threads = 3,
            .seed = 9,
            .config = {{"solver", {{"dt", 0.001}}}},
            .config_toml = "[solver]\ndt = 0.001\n",
            .command_line = "tripartite attend --seed 9",
            .commit = "0123abc"};
  }
  ordered_json summary() const { return ordered_json::parse(io::read_file(run_path() / "summary.json")); }
  std::filesystem::path run_path() const { return directory_.path() / "run"; }
  std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(run_path())) names.insert(entry.path().filename());
    return names;
  }
  template <class Exception = ConfigError>
  std::string refusal(const std::filesystem::path& path, Existing existing) const {
    try {
      const RunDirectory run(path, existing, description());
    } catch (const Exception& error) {
      return error.what();
    }
    return "nothing was refused";
  }

  const TemporaryDirectory directory_;
};

using RunDirectoryTest = RunDirectoryIn;

TEST_F(RunDirectoryTest, SaysFromTheStartThatItIsIncomplete) {
  const RunDirectory run(run_path(), Existing::refuse, description());
  EXPECT_EQ(names(), (std::set<std::string>{"config.toml", "summary.json"}));
  EXPECT_EQ(summary()["status"], "incomplete");
  EXPECT_EQ(io::read_file(run_path() / "config.toml"), "[solver]\ndt = 0.001\n");
  EXPECT_TRUE(is_run_directory(run_path()));
}

TEST_F(RunDirectoryTest, HasTheFieldsOfItsSchema) {
  RunDirectory run(run_path(), Existing::refuse, description());
  run.note_times({{"integrate", 1.5}, {"report", 0.5}});
  run.note_times({{"integrate", 2}});
  run.results()["answer"] = 42;
  run.finish();
  std::vector<std::string> keys;
  const ordered_json written = summary();
  for (const auto& [key, value] : written.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"schema", "command", "status", "date", "command_line", "version", "commit",
                                            "backend", "device", "instruction_set", "precision", "threads", "seed",
                                            "config", "timing", "files", "results"}));
  EXPECT_THAT(written["date"].get<std::string>(), testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"));
  EXPECT_EQ(written["command_line"], "tripartite attend --seed 9");
  EXPECT_EQ(written["commit"], "0123abc");
  EXPECT_EQ(written["schema"], 1);
  EXPECT_EQ(written["command"], "attend");
  EXPECT_EQ(written["status"], "complete");
  EXPECT_EQ(written["version"], TRIPARTITE_VERSION);
  EXPECT_EQ(written["backend"], "cpu");
  EXPECT_EQ(written["precision"], "float64");
  EXPECT_EQ(written["threads"], 3);
  EXPECT_EQ(written["seed"], 9);
  EXPECT_EQ(written["config"]["solver"]["dt"], 0.001);
  EXPECT_EQ(written["timing"]["phases"], (ordered_json{{"integrate", 3.5}, {"report", 0.5}}));
  EXPECT_GE(written["timing"]["total_s"].get<double>(), 0.0);
  EXPECT_EQ(written["results"]["answer"], 42);
}

TEST_F(RunDirectoryTest, TellsAnInterruptedRunFromAFailedOne) {
  RunDirectory run(run_path(), Existing::refuse, description());
  run.results()["partial"] = true;
  run.fail(Cancelled("stopped at token 3"));
  EXPECT_EQ(summary()["status"], "incomplete");
  EXPECT_EQ(summary()["error"], "stopped at token 3");
  EXPECT_EQ(summary()["results"]["partial"], true);
  run.fail(NumericsError("h[3] is not finite \xff"));
  EXPECT_EQ(summary()["status"], "failed");
  EXPECT_EQ(summary()["error"], "h[3] is not finite \xEF\xBF\xBD");
}

TEST_F(RunDirectoryTest, RefusesWhatExistsAndLeavesItAlone) {
  { const RunDirectory first(run_path(), Existing::refuse, description()); }
  io::write_file(run_path() / "recordings.h5", "old");
  EXPECT_THAT(refusal(run_path(), Existing::refuse), AllOf(HasSubstr("run: exists"), HasSubstr("--force")));
  EXPECT_EQ(io::read_file(run_path() / "recordings.h5"), "old");
  io::write_file(directory_.path() / "file", "");
  EXPECT_THAT(refusal(directory_.path() / "file", Existing::refuse), HasSubstr("exists"));
}

TEST_F(RunDirectoryTest, FillsAnEmptyDirectory) {
  std::filesystem::create_directory(run_path());
  RunDirectory run(run_path(), Existing::refuse, description());
  run.finish();
  EXPECT_EQ(summary()["status"], "complete");
}

TEST_F(RunDirectoryTest, WithForceReplacesARunAndItsFiles) {
  {
    RunDirectory first(run_path(), Existing::refuse, description());
    first.finish();
  }
  io::write_file(run_path() / "recordings.h5", "old");
  const RunDirectory second(run_path(), Existing::replace, description());
  EXPECT_EQ(names(), (std::set<std::string>{"config.toml", "summary.json"}));
  EXPECT_EQ(summary()["status"], "incomplete");
}

TEST_F(RunDirectoryTest, WithForceStillRefusesWhatIsNoRun) {
  std::filesystem::create_directory(run_path());
  io::write_file(run_path() / "thesis.txt", "mine");
  EXPECT_THAT(refusal(run_path(), Existing::replace), HasSubstr("is not a run directory"));
  io::write_file(run_path() / "summary.json", "{}");
  EXPECT_THAT(refusal(run_path(), Existing::replace), HasSubstr("is not a run directory"));
  io::write_file(run_path() / "summary.json", R"({"schema": 1, "command": "attend", "status": "complete"})");
  std::filesystem::create_directory(run_path() / "chapters");
  EXPECT_THAT(refusal(run_path(), Existing::replace), HasSubstr("holds chapters"));
  std::filesystem::remove(run_path() / "chapters");
  io::write_file(run_path() / "thesis.tex", "mine");
  EXPECT_THAT(refusal(run_path(), Existing::replace), HasSubstr("holds thesis.tex"));
  EXPECT_EQ(io::read_file(run_path() / "thesis.txt"), "mine");
  EXPECT_THAT(refusal(run_path() / "thesis.txt", Existing::replace), HasSubstr("is not a run directory"));
}

TEST_F(RunDirectoryTest, NamesPathAndReasonWhereNothingCanBeCreated) {
  io::write_file(directory_.path() / "file", "");
  EXPECT_THAT(refusal<FileError>(directory_.path() / "file" / "run", Existing::refuse),
              AllOf(HasSubstr("/file"), HasSubstr("Not a directory")));
  // Nobody, root included, can make a directory there.
  EXPECT_THAT(refusal<FileError>("/proc/run", Existing::refuse),
              HasSubstr("/proc/run: the run directory cannot be created: "));
}

TEST_F(RunDirectoryTest, CreatesParentsAndTakesATrailingSlash) {
  const RunDirectory run(directory_.path() / "a" / "b" / "", Existing::refuse, description());
  EXPECT_TRUE(std::filesystem::exists(directory_.path() / "a" / "b" / "summary.json"));
}

TEST_F(RunDirectoryTest, ChoosesANewNameByTimeEachTime) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory_.path());
  {
    const RunDirectory first({}, Existing::refuse, description());
    const RunDirectory second({}, Existing::refuse, description());
    EXPECT_THAT(first.path().string(), testing::MatchesRegex("runs/attend-[0-9]{8}-[0-9]{6}(-2)?"));
    EXPECT_NE(first.path(), second.path());
  }
  std::filesystem::current_path(before);
}

/// Files of this process cannot grow beyond a few bytes, as on a full disk.
class FullDisk {
 public:
  FullDisk() {
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit small{.rlim_cur = 8, .rlim_max = limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit limit_{};
  void (*handler_)(int) = nullptr;
};

TEST_F(RunDirectoryTest, LeavesNothingWhereTheDiskIsFullFromTheStart) {
  std::string message;
  {
    const FullDisk full;
    message = refusal<FileError>(run_path(), Existing::refuse);
  }
  EXPECT_THAT(message, AllOf(HasSubstr("summary.json"), HasSubstr("File too large")));
  EXPECT_FALSE(std::filesystem::exists(run_path()));
}

TEST_F(RunDirectoryTest, KeepsItsOldSummaryWhereTheDiskFillsUp) {
  RunDirectory run(run_path(), Existing::refuse, description());
  {
    const FullDisk full;
    EXPECT_THROW(run.finish(), FileError);
    run.fail(NumericsError("cannot be written either"));
  }
  EXPECT_EQ(summary()["status"], "incomplete");
  EXPECT_EQ(names(), (std::set<std::string>{"config.toml", "summary.json"}));
}

TEST_F(RunDirectoryTest, WithForceKeepsTheOldRunWhereTheDiskIsFull) {
  { RunDirectory(run_path(), Existing::refuse, description()).finish(); }
  io::write_file(run_path() / "recordings.h5", "old");
  {
    const FullDisk full;
    EXPECT_THAT(refusal<FileError>(run_path(), Existing::replace), HasSubstr("File too large"));
  }
  EXPECT_EQ(summary()["status"], "complete");
  EXPECT_EQ(io::read_file(run_path() / "recordings.h5"), "old");
}

}  // namespace
}  // namespace tripartite::simulation
