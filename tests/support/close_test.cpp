#include "support/close.hpp"

#include <vector>

namespace tripartite {
namespace {

using Values = std::vector<double>;

TEST(AllClose, AcceptsDifferencesWithinTheSumOfBothTolerances) {
  EXPECT_TRUE(all_close(Values{10.14, 0.04}, Values{10, 0}, {.relative = 0.01, .absolute = 0.05}));
  EXPECT_FALSE(all_close(Values{10.16}, Values{10}, {.relative = 0.01, .absolute = 0.05}));
  EXPECT_FALSE(all_close(Values{9.84}, Values{10}, {.relative = 0.01, .absolute = 0.05}));
}

TEST(AllClose, NamesTheWorstElement) {
  const auto result = all_close(Values{1, 2.5, 3.1}, Values{1, 2, 3}, {.absolute = 1e-3});
  EXPECT_NE(std::string(result.message()).find("element 1 is 2.5, expected 2"), std::string::npos) << result.message();
}

TEST(AllClose, RejectsNaNOnEitherSide) {
  EXPECT_FALSE(all_close(Values{1, NAN, 1}, Values{1, 1, 1}, {.relative = 1e9}));
  EXPECT_FALSE(all_close(Values{1, 1, 1}, Values{1, NAN, 1}, {.absolute = 1e9}));
}

TEST(AllClose, RejectsInfinityForAFiniteExpectation) {
  EXPECT_FALSE(all_close(Values{INFINITY}, Values{1}, {.relative = 1e9}));
}

TEST(AllClose, RejectsDifferentSizes) { EXPECT_FALSE(all_close(Values{1}, Values{1, 1}, {.relative = 1})); }

TEST(AllClose, RequiresEqualityWithoutTolerance) {
  EXPECT_TRUE(all_close(Values{0, 1}, Values{0, 1}, {}));
  EXPECT_FALSE(all_close(Values{1e-300}, Values{0}, {}));
}

TEST(RelativeError, IsTheLargestDifferenceOverTheLargestValue) {
  EXPECT_DOUBLE_EQ(relative_error(Values{1, -4.5}, Values{1.25, -5}), 0.1);
  EXPECT_TRUE(std::isnan(relative_error(Values{NAN, 1}, Values{1, 1})));
  EXPECT_TRUE(std::isnan(relative_error(Values{1}, Values{1, 1})));
}

TEST(RelativeL2, IsTheRatioOfNorms) {
  EXPECT_DOUBLE_EQ(relative_l2(Values{3, 5}, Values{3, 4}), 0.2);
  EXPECT_TRUE(std::isnan(relative_l2(Values{NAN, 1}, Values{1, 1})));
}

}  // namespace
}  // namespace tripartite
