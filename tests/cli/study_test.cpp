// The command study, tested as a separate process.
#include "host/simulation/study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Study : public testing::Test {
 protected:
  Finished study(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"study", "embedded", "--digits", "--most", "4", "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments, directory_.path());
  }
  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  std::vector<simulation::StudyRow> rows(const std::string& run) const {
    return simulation::read_study_rows(io::read_file(file(run) / "study.csv"), run);
  }

  const TemporaryDirectory directory_;
};

TEST_F(Study, WritesARowPerValueAndSeedAPictureAndMeans) {
  const Finished finished = study({"--over", "heterogeneity", "--values", "0,0.8", "--seeds", "2", "--out", "run"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto all = rows("run");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].agreement, 1.0);
  EXPECT_LT(all[0].kl_mean, 1e-6);            // slots without heterogeneity are softmax attention
  EXPECT_GT(all[2].kl_mean, 1e-4);            // with heterogeneity they are not,
  EXPECT_NE(all[2].kl_mean, all[3].kl_mean);  // and every seed draws different synapses
  const json results = json::parse(io::read_file(file("run") / "summary.json"))["results"];
  EXPECT_EQ(results["measure"], "accuracy");
  EXPECT_EQ(results["curves"][0]["value"], json({0.0, 0.8}));
  EXPECT_EQ(results["curves"][0]["seeds"], 2);
  EXPECT_EQ(results["curves"][0]["samples"][1].size(), 2U);
  EXPECT_THAT(io::read_file(file("run") / "report.html"), HasSubstr("digits-softmax: accuracy is "));
  if (std::filesystem::exists(file("run") / "study.svg")) {  // only if gnuplot is installed
    EXPECT_THAT(io::read_file(file("run") / "study.svg"), HasSubstr("coefficient of variation"));
  }
}

TEST_F(Study, HasNoSpreadWhereSeedsAgree) {
  const Finished finished =
      study({"--over", "heterogeneity", "--values", "0", "--seeds", "3", "--measure", "kl_mean", "--out", "run"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("slots\n"), Not(HasSubstr("±"))));
  EXPECT_THAT(io::read_file(file("run") / "report.html"), Not(HasSubstr("±")));
}

TEST_F(Study, ResumesAnEarlierStudy) {
  ASSERT_EQ(study({"--over", "decay", "--values", "0,1", "--seeds", "1", "--out", "first"}).status, 0);
  // A row that only an earlier run can have written.
  std::string csv = io::read_file(file("first") / "study.csv");
  const auto line = csv.rfind("slots,1,1,");
  ASSERT_NE(line, std::string::npos);
  std::ofstream(file("first") / "study.csv") << csv.substr(0, line) << "slots,1,1,0.125,,,,,,\n";
  const Finished more =
      study({"--over", "decay", "--values", "0,1,2", "--seeds", "1", "--resume", "first", "--out", "second"});
  ASSERT_EQ(more.status, 0) << more.err;
  const auto all = rows("second");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[1].agreement, 0.125);
  EXPECT_EQ(all[2].value, 2);
  const Finished other = study({"--over", "settle", "--values", "0.1", "--resume", "first", "--out", "third"});
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("study.over"));
}

TEST_F(Study, ComparesLanguageModelsByPerplexity) {
  const Finished finished = run_program({"study", "linear", "--over", "read", "--values", "0.05,0.5", "--seeds", "1",
                                         "--threads", "1", "--set", "input.most_tokens=12", "--json", "--out", "run"},
                                        directory_.path());
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json results = json::parse(finished.out);
  EXPECT_EQ(results["measure"], "perplexity");
  const double transformer = results["transformer"], nominal = results["curves"][0]["mean"][1];
  EXPECT_NEAR(nominal / transformer, 1, 1e-2);  // tokens are read for ten time constants of calcium
}

TEST_F(Study, DrawsACurvePerValueOfASecondParameter) {
  const Finished finished = run_program({"study",       "linear",
                                         "--over",      "speed",
                                         "--values",    "10,1000",
                                         "--by",        "read",
                                         "--by-values", "0.1,0.5",
                                         "--seeds",     "1",
                                         "--threads",   "1",
                                         "--set",       "input.most_tokens=12",
                                         "--set",       "astrocyte.model=gchi",
                                         "--measure",   "head_error",
                                         "--out",       "run"},
                                        directory_.path());
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json results = json::parse(io::read_file(file("run") / "summary.json"))["results"];
  ASSERT_EQ(results["curves"].size(), 2U);
  EXPECT_EQ(results["curves"][1]["by"], 0.5);
  const auto all = rows("run");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].by, 0.1);
  // Calcium a thousand times faster than that of an astrocyte, with a long read time, stores the normaliser.
  EXPECT_LT(all[3].head_error, 0.02);
  EXPECT_GT(all[0].head_error, 10 * all[3].head_error);
}

/// Keeps what it was told of the study.
class Fractions final : public simulation::RunListener {
 public:
  void progress(std::string_view what, double fraction) override {
    if (what == "study") told.push_back(fraction);
  }
  void message(std::string_view) override {}
  bool cancelled() const override { return false; }

  std::vector<double> told;
};

TEST(StudyProgress, CountsTheWorkInsideAValue) {
  config::StudyConfig config;
  config.digits = true;
  config.most = 4;
  config.values = {0.1};
  config.seeds = 1;
  Fractions fractions;
  simulation::StudyResult result;
  simulation::study(config, fractions, result);
  const std::size_t phases = 4 * 17 * 3;  // layers, tokens; settle, write, read
  ASSERT_EQ(fractions.told.size(), phases + 1);
  EXPECT_LT(fractions.told.front(), 0.01);
  EXPECT_GT(fractions.told[phases - 1], 0.9);
  EXPECT_LE(fractions.told.back(), 1);
}

TEST_F(Study, RejectsInvalidSettings) {
  EXPECT_THAT(study({"--over", "read", "--values", "1", "--by", "settle"}).err, HasSubstr("study.by_values"));
  EXPECT_THAT(study({"--over", "read", "--values", "1", "--by", "read", "--by-values", "1"}).err,
              HasSubstr("study.by"));
  EXPECT_THAT(study({"--over", "read", "--values", "1", "--measure", "cosine"}).err, HasSubstr("study.measure"));
  EXPECT_THAT(study({"--over", "m"}).err, HasSubstr("study.values"));
  EXPECT_THAT(study({"--over", "m", "--values", "16.5"}).err, HasSubstr("integer"));
  EXPECT_THAT(study({"--over", "m", "--values", "16"}).err,
              HasSubstr("features.m"));  // slots need one neuron per token
  EXPECT_THAT(study({"--over", "read", "--values", "0"}).err, HasSubstr("schedule.read_time"));
  EXPECT_THAT(study({"--over", "read", "--values", "0.1", "--texts", "a.txt"}).err, HasSubstr("together"));
}

TEST(StudyRows, AreRejectedWithTheirLineWhenDamaged) {
  simulation::StudyResult result;
  result.rows.push_back({.feature = attention::Feature::favor, .value = 0.1, .seed = 7, .cosine = 0.25});
  const std::string csv = simulation::to_csv(result);
  const auto read = simulation::read_study_rows(csv, "study.csv");
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].value, 0.1);
  EXPECT_EQ(read[0].cosine, 0.25);
  EXPECT_TRUE(std::isnan(read[0].perplexity));
  EXPECT_THROW(simulation::read_study_rows("value\n", "study.csv"), FileError);
  EXPECT_THROW(simulation::read_study_rows(csv + "favor,x,7,,,,,,,\n", "study.csv"), FileError);
  EXPECT_THROW(simulation::read_study_rows(csv + "favour,1,7,,,,,,,\n", "study.csv"), FileError);
  EXPECT_THROW(simulation::read_study_rows(csv + "favor,1\n", "study.csv"), FileError);
}

}  // namespace
}  // namespace tripartite
