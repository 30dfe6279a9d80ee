#include "tripartite/memory/patterns.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tripartite/error.hpp"

namespace tripartite::memory {
namespace {

TEST(Patterns, RoundTripTheirSigns) {
  std::vector<std::int8_t> signs;
  for (int i = 0; i < 7 * 130; ++i) signs.push_back(i * 37 % 11 < 5 ? 1 : -1);
  const Patterns patterns = Patterns::from_signs(7, 130, signs);
  for (int i = 0; i < 7; ++i)
    for (int mu = 0; mu < 130; ++mu) EXPECT_EQ(patterns.sign(i, mu), signs[std::size_t(i * 130 + mu)]);
}

TEST(Patterns, RejectValuesOtherThanPlusAndMinusOne) {
  EXPECT_THROW(Patterns::from_signs(2, 2, std::vector<std::int8_t>{1, -1, 0, 1}), ConfigError);
  EXPECT_THROW(Patterns::from_signs(2, 2, std::vector<std::int8_t>{1, -1, 1}), ConfigError);
}

TEST(Patterns, AreFairAndDrawnIndependently) {
  const Patterns few = Patterns::random(500, 3, 4), many = Patterns::random(500, 200, 4);
  for (int i = 0; i < 500; ++i)
    for (int mu = 0; mu < 3; ++mu) EXPECT_EQ(few.sign(i, mu), many.sign(i, mu));
  double sum = 0, correlation = 0;
  for (int i = 0; i < 500; ++i)
    for (int mu = 0; mu < 200; ++mu) {
      sum += many.sign(i, mu);
      correlation += many.sign(i, mu) * many.sign((i + 32) % 500, (mu + 1) % 200);
    }
  EXPECT_LT(std::abs(sum), 5 * std::sqrt(1e5));  // five standard deviations of 10^5 fair signs
  EXPECT_LT(std::abs(correlation), 5 * std::sqrt(1e5));
}

}  // namespace
}  // namespace tripartite::memory
