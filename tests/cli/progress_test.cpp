#include "host/cli/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace tripartite::cli {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct ProgressOf : testing::Test {
  std::ostringstream out;
  Progress::Clock::time_point time{};
  Progress::Now now = [this] { return time; };

  std::string after(Progress& progress, Progress::Clock::duration passed, double fraction) {
    out.str("");
    time += passed;
    progress.update("integrating", fraction);
    return out.str();
  }
};

using ProgressOnATerminal = ProgressOf;
using ProgressInALog = ProgressOf;

TEST_F(ProgressOnATerminal, ShowsABarAtOnceAndTheTimeLeftLater) {
  Progress progress(out, true, now);
  EXPECT_EQ(after(progress, 0s, 0), "\rintegrating [" + std::string(30, ' ') + "]   0 %");
  EXPECT_EQ(after(progress, 10s, 0.25),
            "\rintegrating [" + std::string(7, '=') + std::string(23, ' ') + "]  25 %, 30 s left");
}

TEST_F(ProgressOnATerminal, RedrawsAtMostTenTimesPerSecond) {
  Progress progress(out, true, now);
  after(progress, 0s, 0);
  EXPECT_EQ(after(progress, 99ms, 0.5), "");
  EXPECT_NE(after(progress, 1ms, 0.5), "");
}

TEST_F(ProgressOnATerminal, OverwritesALongerLineAndClearsItselfAtTheEnd) {
  {
    Progress progress(out, true, now);
    after(progress, 0s, 0);
    const std::string longest = after(progress, 100s, 0.02);
    const std::string shorter = after(progress, 10000s, 0.9999);
    EXPECT_EQ(shorter.size(), longest.size());
    out.str("");
  }
  EXPECT_THAT(out.str(), AllOf(StartsWith("\r "), EndsWith(" \r")));
}

TEST_F(ProgressOnATerminal, PrintsAMessageOnItsOwnLine) {
  Progress progress(out, true, now);
  after(progress, 0s, 0);
  out.str("");
  progress.message("cut short");
  EXPECT_THAT(out.str(), AllOf(StartsWith("\r "), EndsWith("\rcut short\n")));
}

TEST_F(ProgressInALog, PrintsALineAfterASecondAndThenEveryTenWithoutControlCharacters) {
  Progress progress(out, false, now);
  EXPECT_EQ(after(progress, 0s, 0), "");
  EXPECT_EQ(after(progress, 999ms, 0.09), "");
  EXPECT_EQ(after(progress, 1ms, 0.1), "integrating: 10 %, 9 s left\n");
  EXPECT_EQ(after(progress, 9s, 0.15), "");
  EXPECT_THAT(after(progress, 1s, 0.2), StartsWith("integrating: 20 %"));
}

TEST_F(ProgressInALog, GoesOnCountingWhenItsNameChanges) {
  Progress progress(out, false, now);
  progress.update("connecting", 0);
  EXPECT_EQ(after(progress, 500ms, 0), "");
  EXPECT_EQ(after(progress, 500ms, 0.005), "integrating: 0 %\n") << "a second after the beginning of it all";
  progress.update("writing", 0.5);
  EXPECT_THAT(after(progress, 10s, 0.2), StartsWith("integrating: 20 %"));
}

TEST(DurationText, ShowsTheTwoLargestUnits) {
  EXPECT_EQ(duration_text(0.2s), "1 s");
  EXPECT_EQ(duration_text(59s), "59 s");
  EXPECT_EQ(duration_text(125s), "2 min 05 s");
  EXPECT_EQ(duration_text(3780s), "1 h 03 min");
  EXPECT_EQ(duration_text(-1s), "0 s");
}

}  // namespace
}  // namespace tripartite::cli
