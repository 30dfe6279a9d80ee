#include "host/io/nearest_name.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tripartite::io {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsAndReplacements) {
  EXPECT_EQ(edit_distance("settle", "settle"), 0U);
  EXPECT_EQ(edit_distance("setle", "settle"), 1U);
  EXPECT_EQ(edit_distance("settlle", "settle"), 1U);
  EXPECT_EQ(edit_distance("sittle", "settle"), 1U);
  EXPECT_EQ(edit_distance("O_detla", "O_delta"), 1U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);
  EXPECT_EQ(edit_distance("", "dt"), 2U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(NearestName, IsEmptyWhenNoNameIsNear) {
  const std::array<std::string, 2> names{"encoder.layer.0.weight", "pooler.weight"};
  EXPECT_EQ(nearest_name("pooler.wieght", names), "pooler.weight");
  EXPECT_EQ(nearest_name("xyz", names), "");
}

}  // namespace
}  // namespace tripartite::io
