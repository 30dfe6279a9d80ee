#include "host/config/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tripartite::config {
namespace {

TEST(Nearest, FindsOnlyMisspeltAndMisplacedKeys) {
  const std::array<std::string, 4> known{"solver.dt", "schedule.settle_time", "schedule.write_time", "features.m"};
  EXPECT_EQ(nearest("schedule.settel_time", known), "schedule.settle_time");
  EXPECT_EQ(nearest("dt", known), "solver.dt");
  EXPECT_EQ(nearest("run.write_time", known), "schedule.write_time");
  EXPECT_EQ(nearest("temperature", known), "");
}

}  // namespace
}  // namespace tripartite::config
