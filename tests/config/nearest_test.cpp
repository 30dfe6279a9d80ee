#include "host/config/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tripartite::config {
namespace {

TEST(EditDistance, CountsEachKindOfSlipOnce) {
  EXPECT_EQ(edit_distance("settle", "settle"), 0);
  EXPECT_EQ(edit_distance("setle", "settle"), 1);
  EXPECT_EQ(edit_distance("settlle", "settle"), 1);
  EXPECT_EQ(edit_distance("sittle", "settle"), 1);
  EXPECT_EQ(edit_distance("stetle", "settle"), 1);
  EXPECT_EQ(edit_distance("", "dt"), 2);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
}

TEST(Nearest, FindsTheMisspeltTheMisplacedAndNothingElse) {
  const std::array<std::string, 4> known{"solver.dt", "schedule.settle_time", "schedule.write_time", "features.m"};
  EXPECT_EQ(nearest("schedule.settel_time", known), "schedule.settle_time");
  EXPECT_EQ(nearest("dt", known), "solver.dt");
  EXPECT_EQ(nearest("run.write_time", known), "schedule.write_time");
  EXPECT_EQ(nearest("temperature", known), "");
}

}  // namespace
}  // namespace tripartite::config
