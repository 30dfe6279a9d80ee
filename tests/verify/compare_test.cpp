// What a comparison leaves out, and that it does not leave out more.
#include <gtest/gtest.h>

#include <limits>

#include "host/verify/verify.hpp"

namespace tripartite::verify {
namespace {

TEST(MovedEvents, PartWhatLiesBetweenBothTimes) {
  const MovedEvents moved({0.013, 0.520}, {0.012, 0.523}, 4e-3);
  EXPECT_FALSE(moved.parts(0.011));
  EXPECT_TRUE(moved.parts(12 * 1e-3));  // one is behind the event there, the other before it
  EXPECT_FALSE(moved.parts(13 * 1e-3));
  EXPECT_TRUE(moved.parts(0.522));
  EXPECT_FALSE(moved.parts(523 * 1e-3));
}

TEST(MovedEvents, LingerOnlyWhereTheyMovedByMoreThanATenthOfAMillisecond) {
  const MovedEvents moved({0.01305, 0.520}, {0.013, 0.523}, 4e-3);
  EXPECT_TRUE(moved.parts(0.572, 0.05));
  EXPECT_FALSE(moved.parts(0.573, 0.05));
  EXPECT_FALSE(moved.parts(0.572));
  EXPECT_FALSE(moved.parts(0.014, 0.05));
}

TEST(MovedEvents, PartNothingWhereNoneMoved) {
  const MovedEvents moved({0.012, 0.5}, {0.012, 0.5}, 4e-3);
  EXPECT_FALSE(moved.parts(0.012));
  EXPECT_FALSE(moved.parts(0.5));
}

TEST(MovedEvents, PartNothingIfOneIsMissingOrMovedTooFar) {
  EXPECT_FALSE(MovedEvents({0.012}, {0.010, 0.5}, 4e-3).parts(0.011));
  EXPECT_FALSE(MovedEvents({0.012, 0.505}, {0.010, 0.5}, 4e-3).parts(0.011));
  EXPECT_FALSE(MovedEvents({std::numeric_limits<double>::quiet_NaN()}, {0.5}, 4e-3).parts(0.5));
}

TEST(Compare, CountsWhatItLeavesOutAndFailsForTheRest) {
  const std::vector<double> expected{1, 1, 0, 2}, computed{1, 1, 0.8, 2};
  const VerifyRow without = compare("case", "rk4", "x_A", computed, expected, 1e-2, {false, false, true, false});
  EXPECT_TRUE(without.pass);
  EXPECT_EQ(without.left_out, 1U);
  EXPECT_FALSE(compare("case", "rk4", "x_A", computed, expected, 1e-2).pass);
  // What is left out still says how large the variable is.
  EXPECT_NEAR(compare("case", "rk4", "G_A", {9, 1.2}, {10, 1}, 1, {true, false}).error, 0.02, 1e-12);
  EXPECT_FALSE(compare("case", "rk4", "G_A", {10, std::numeric_limits<double>::quiet_NaN()}, {10, 1}, 1).pass);
  // An error behind the event is none of what may be left out.
  const VerifyRow wrong = compare("case", "rk4", "x_A", {1, 1, 0.8, 2.1}, expected, 1e-2, {false, false, true, false});
  EXPECT_FALSE(wrong.pass);
  EXPECT_NEAR(wrong.error, 0.05, 1e-12);
}

}  // namespace
}  // namespace tripartite::verify
