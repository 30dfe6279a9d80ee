#include "host/config/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tripartite::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Selection, TakesEveryForm) {
  EXPECT_THAT(select_elements("all", 3).elements, ElementsAre(0, 1, 2));
  EXPECT_THAT(select_elements("first 2", 9).elements, ElementsAre(0, 1));
  EXPECT_THAT(select_elements("every 4", 9).elements, ElementsAre(0, 4, 8));
  EXPECT_THAT(select_elements("spread 3", 9).elements, ElementsAre(0, 4, 8));
  EXPECT_THAT(select_elements("spread 1", 9).elements, ElementsAre(0));
  EXPECT_THAT(select_elements("7", 9).elements, ElementsAre(7));
  EXPECT_THAT(select_elements("2:5", 9).elements, ElementsAre(2, 3, 4));
  EXPECT_THAT(select_elements("1:9:3", 9).elements, ElementsAre(1, 4, 7));
}

TEST(Selection, JoinsSeveralFormsInOrder) {
  EXPECT_THAT(select_elements("8, 2:4 ,3,first 1", 9).elements, ElementsAre(0, 2, 3, 8));
}

TEST(Selection, RefusesWhatChoosesNothing) {
  for (const char* text : {"", "some", "first", "first 0", "every 0", "every -1", "5:5", "5:2", "1:9:0", "1:2:3:4",
                           "1,", "-1", "1.5", "first 2 3", "99999999999999999999"}) {
    EXPECT_THAT(select_elements(text, 9).error, HasSubstr("chooses no elements; expected \"all\"")) << text;
    EXPECT_THAT(selection_error(text), HasSubstr("chooses no elements")) << text;
  }
}

TEST(Selection, RefusesMoreThanThereAre) {
  for (const char* text : {"9", "0:10", "first 10", "spread 10", "1, 9"}) {
    EXPECT_THAT(select_elements(text, 9).error, HasSubstr("more than there are: 9")) << text;
    EXPECT_THAT(selection_error(text, 9), HasSubstr("more than there are: 9")) << text;
    EXPECT_EQ(selection_error(text, 10), "") << text;
    EXPECT_EQ(selection_error(text), "") << text;
  }
}

}  // namespace
}  // namespace tripartite::config
