#include "host/config/quantity.hpp"

#include <gtest/gtest.h>

namespace tripartite::config {
namespace {

TEST(Quantity, ReadsDurations) {
  EXPECT_EQ(read_duration("90"), 90);
  EXPECT_EQ(read_duration("0.5"), 0.5);
  EXPECT_EQ(read_duration("55m"), 3300);
  EXPECT_EQ(read_duration("55 min"), 3300);
  EXPECT_EQ(read_duration("1h30m"), 5400);
  EXPECT_EQ(read_duration("1 h 30 m 5 s"), 5405);
  EXPECT_EQ(read_duration("2d"), 172800);
  for (const char* wrong : {"", " ", "0", "-5", "m", "5 weeks", "1h-30m", "inf", "nan", "1e9999", "5m x", "1..2"})
    EXPECT_FALSE(read_duration(wrong)) << wrong;
}

TEST(Quantity, ReadsSizes) {
  EXPECT_EQ(read_size("4000000000"), 4e9);
  EXPECT_EQ(read_size("4G"), 4.0 * (1 << 30));
  EXPECT_EQ(read_size("1.5gb"), 1.5 * (1 << 30));
  EXPECT_EQ(read_size("512 MiB"), 512.0 * (1 << 20));
  EXPECT_EQ(read_size("3k"), 3 * 1024);
  EXPECT_EQ(read_size("2T"), 2.0 * (1 << 30) * 1024);
  EXPECT_EQ(read_size("7 b"), 7);
  for (const char* wrong : {"", "G", "-1G", "0", "4 X", "4GG", "4G 2", "inf", "4 gigabytes"})
    EXPECT_FALSE(read_size(wrong)) << wrong;
}

}  // namespace
}  // namespace tripartite::config
