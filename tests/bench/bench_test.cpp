#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "host/bench/contest.hpp"
#include "host/bench/counted.hpp"
#include "host/bench/rivals.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/error.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::bench {
namespace {

/// A program that answers as tripartite_rivals does.
class Rival {
 public:
  explicit Rival(const std::string& answer, int status = 0) {
    std::ofstream(path_) << "#!/bin/sh\necho '" << answer << "'\nexit " << status << '\n';
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
    setenv("TRIPARTITE_RIVALS", path_.c_str(), 1);
  }
  Rival(const Rival&) = delete;
  Rival& operator=(const Rival&) = delete;
  ~Rival() { unsetenv("TRIPARTITE_RIVALS"); }

 private:
  TemporaryDirectory directory_;  // other tests have rivals of their own at the same time
  std::string path_ = directory_.path() / "rival.sh";
};

Options quick() {
  Options options;
  options.quick = true;
  options.threads = 1;
  return options;
}

/// 1000 units in 0.5 s, 0.25 s, 0.125 s, ...
Contest contest(double check) {
  Contest made;
  made.workload = "W1";
  made.variant = "rk4";
  made.work = 1000;
  made.unit = "steps";
  made.own = [check, seconds = 1.0]() mutable { return Turn{seconds /= 2, check}; };
  return made;
}

TEST(Bench, CountsTheLeastTime) {
  const Row row = compete(contest(7), quick());
  EXPECT_DOUBLE_EQ(row.rate, 1000 / 0.125);
  EXPECT_FALSE(row.ratio());
  EXPECT_TRUE(row.wrong.empty());
}

TEST(Bench, DividesByTheRateOfARivalThatAgrees) {
  const Rival rival(R"({"seconds": 0.25, "check": 7.0001})");
  Contest both = contest(7);
  both.rival = {"W1"};
  both.tolerance = 1e-3;
  const Row row = compete(both, quick());
  EXPECT_EQ(row.peer, "plain C++");
  ASSERT_TRUE(row.ratio());
  EXPECT_DOUBLE_EQ(*row.ratio(), 2);
}

TEST(Bench, DoesNotTimeAWrongResult) {
  const Rival rival(R"({"seconds": 0.25, "check": 7.1})");
  Contest both = contest(7);
  both.rival = {"W1"};
  both.tolerance = 1e-3;
  const Row row = compete(both, quick());
  EXPECT_THAT(row.wrong, testing::HasSubstr("7.1"));
  EXPECT_EQ(row.rate, 0);
  EXPECT_FALSE(row.ratio());
}

TEST(Bench, TellsWhatHappensOnceInAnIntervalTakesOfIt) {
  Contest made = contest(7);
  made.own = [] { return Turn{.seconds = 5.3, .check = 7, .work = 2000}; };
  made.beside = [] { return Turn{.seconds = 5, .check = 7}; };
  made.beside_name = "steps alone";
  made.interval = 60;
  const Row row = compete(made, quick());
  EXPECT_EQ(row.peer, "steps alone");
  EXPECT_DOUBLE_EQ(row.rate, 2000 / 5.3);
  ASSERT_TRUE(row.cost());
  EXPECT_NEAR(*row.cost(), 0.3 / 60, 1e-12);
  made.beside = nullptr;  // then the whole turn is what happens
  EXPECT_NEAR(*compete(made, quick()).cost(), 5.3 / 60, 1e-12);
  made.interval = 0;
  EXPECT_FALSE(compete(made, quick()).cost());
}

TEST(Bench, DoesNotTimeAResultThatIsNotFinite) {
  const Row row = compete(contest(std::numeric_limits<double>::quiet_NaN()), quick());
  EXPECT_FALSE(row.wrong.empty());
  EXPECT_EQ(row.rate, 0);
}

TEST(Bench, NamesTheRivalThatFails) {
  Contest both = contest(7);
  both.rival = {"W1"};
  {
    const Rival rival("no JSON");
    EXPECT_THROW(compete(both, quick()), FileError);
  }
  {
    const Rival rival(R"({"seconds": 1, "check": 7})", 3);
    EXPECT_THROW(compete(both, quick()), FileError);
  }
  setenv("TRIPARTITE_RIVALS", "/nowhere/tripartite_rivals", 1);
  EXPECT_THROW(compete(both, quick()), ConfigError);
  unsetenv("TRIPARTITE_RIVALS");
}

TEST(Bench, MeasuresACeilingInUnitsOfTheWorkload) {
  const Rival rival(R"({"multiply_add_float32": 4e6, "multiply_add_float64": 2e6, "product": 1e6, "bandwidth": 1})");
  Contest made = contest(7);
  made.ceiling = Ceiling::multiply_add;
  made.operations = 100;
  const Row row = compete(made, quick());
  ASSERT_TRUE(row.ceiling);
  EXPECT_DOUBLE_EQ(*row.ceiling, 4e4);
  EXPECT_DOUBLE_EQ(*row.fraction(), 0.2);
  EXPECT_EQ(ceilings(row.threads).at("bandwidth"), 1);
}

TEST(Bench, CountsTheOperationsOfTheEquations) {
  // nu_max / (1 + exp((theta - z) / sigma)) / tau; 1 / tau is constant; y + dt (gain - loss y).
  EXPECT_EQ(operations_per_step<RateNeuron<double>>(integrate::Method::euler), 6 + 1 + 4);
  const double euler = operations_per_step<TripartiteSynapse<double, Gchi>>(integrate::Method::euler),
               rk4 = operations_per_step<TripartiteSynapse<double, Gchi>>(integrate::Method::rk4);
  EXPECT_GT(rk4, 4 * euler);
  EXPECT_LT(rk4, 6 * euler);
}

Row cell(InstructionSet set, Precision precision, double rate, const char* method = "rk4", int clocks = 1) {
  Row row;
  row.workload = "matrix";
  row.variant = "a variant that nobody parses";
  row.method = method;
  row.drive = "rates";
  row.clocks = clocks;
  row.instruction_set = set;
  row.precision = precision;
  row.rate = rate;
  row.check = 7;
  return row;
}

constexpr Precision single = Precision::float32, twice = Precision::float64;

TEST(Bench, MarksAWiderInstructionSetThatIsSlower) {
  std::vector<Row> rows{
      cell(InstructionSet::baseline, single, 50),        cell(InstructionSet::avx2, single, 100),
      cell(InstructionSet::avx512, single, 90),          cell(InstructionSet::avx2, single, 100, "euler"),
      cell(InstructionSet::avx512, single, 97, "euler"), cell(InstructionSet::avx512, single, 60, "rk4", 2)};
  EXPECT_EQ(mark(rows), (std::vector<std::size_t>{1, 2}));
  EXPECT_THAT(rows[2].marked, testing::HasSubstr("slower than avx2"));
  for (const std::size_t i : {0, 1, 3, 4, 5}) EXPECT_EQ(rows[i].marked, "") << i;
}

TEST(Bench, MarksASetThatIsSlowerThanOneTwiceNarrower) {
  std::vector<Row> rows{cell(InstructionSet::baseline, single, 100), cell(InstructionSet::avx512, single, 90)};
  mark(rows);
  EXPECT_THAT(rows[1].marked, testing::HasSubstr("baseline"));
}

TEST(Bench, MarksSinglePrecisionThatIsSlower) {
  std::vector<Row> rows{cell(InstructionSet::avx2, single, 80), cell(InstructionSet::avx2, twice, 100)};
  EXPECT_EQ(mark(rows).size(), 2U);
  EXPECT_THAT(rows[0].marked, testing::HasSubstr("float64"));
  EXPECT_EQ(rows[1].marked, "");
}

TEST(Bench, TakesAMarkAwayOnceACellWasFastEnough) {
  std::vector<Row> rows{cell(InstructionSet::avx2, single, 80), cell(InstructionSet::avx2, twice, 100)};
  mark(rows);
  keep_better(rows[0], cell(InstructionSet::avx2, single, 150));
  keep_better(rows[0], cell(InstructionSet::avx2, single, 60));
  EXPECT_EQ(rows[0].rate, 150);
  EXPECT_TRUE(mark(rows).empty());
  EXPECT_EQ(rows[0].marked, "");
}

TEST(Bench, DoesNotTimeACellWhoseResultIsAnother) {
  std::vector<Row> rows{cell(InstructionSet::baseline, twice, 50), cell(InstructionSet::avx512, single, 100),
                        cell(InstructionSet::avx2, single, 100)};
  rows[1].check = 7.1;
  mark(rows);
  EXPECT_THAT(rows[1].wrong, testing::HasSubstr("7.1"));
  EXPECT_EQ(rows[1].rate, 0);
  EXPECT_EQ(rows[2].wrong, "");
}

TEST(Bench, ComparesANetworkWithIndependentSynapsesOfTheSameSetting) {
  std::vector<Row> rows(5);
  for (Row& row : rows) row.workload = "W1", row.method = "rk4", row.threads = 2;
  rows[0].rate = 100;
  rows[1].rate = 50, rows[1].precision = twice;
  rows[2].rate = 40, rows[2].workload = "W5", rows[2].precision = twice;
  rows[3].rate = 40, rows[3].workload = "W5", rows[3].method = "euler";
  rows[4].rate = 30, rows[4].precision = twice, rows[4].is_spikes = true;
  compare_with_w1(rows);
  EXPECT_EQ(rows[2].of_w1, 0.8);
  EXPECT_EQ(rows[4].of_w1, 0.6);
  EXPECT_FALSE(rows[3].of_w1);
  EXPECT_FALSE(rows[0].of_w1);
}

TEST(Bench, CountsThreadsOfTheContestNotOfTheMachine) {
  Contest one = contest(7);
  one.threads = 5;
  one.steps = 20;
  const Row row = compete(one, quick());
  EXPECT_EQ(row.threads, 5);
  EXPECT_EQ(row.steps, 20);
  EXPECT_EQ(row.check, 7);
}

TEST(Bench, HasContestsForEveryWorkload) {
  for (const Workload& workload : workloads()) {
    if (workload.prepare == accuracy_contests || workload.prepare == precision_contests)
      continue;  // prepares a solution of its own
    const auto contests = workload.prepare(quick());
    EXPECT_FALSE(contests.empty()) << workload.name;
    for (const Contest& each : contests) {
      EXPECT_EQ(each.workload, workload.name);
      EXPECT_GT(each.work, 0) << each.variant;
      EXPECT_GT(each.threads, 0) << each.variant;
      EXPECT_GT(each.steps, 0) << each.variant;
      EXPECT_TRUE(each.rival.empty() || each.tolerance > 0) << each.variant;
    }
  }
}

}  // namespace
}  // namespace tripartite::bench
