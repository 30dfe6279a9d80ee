#include "tripartite/memory/capacity.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tripartite::memory {
namespace {

/// Networks whose recall falls linearly in ln K from 1 at K_max / 4 to 0 at 4 K_max, K_max = 0.02 N^2 exp(+-spread).
std::vector<CapacityCell> made_up_cells(double spread) {
  std::vector<CapacityCell> cells;
  for (const int neurons : {40, 80, 160, 320})
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const double k_max = 0.02 * neurons * neurons * std::exp(seed % 2 == 0 ? spread : -spread);
      for (std::int64_t load = 1; load < 20'000; load *= 2) {
        const double fraction = std::clamp(0.5 - std::log(double(load) / k_max) / std::log(16.0), 0.0, 1.0);
        cells.push_back({Contender::astrocyte, neurons, load, seed, 1000, int(std::lround(1000 * fraction)), 0.1});
      }
    }
  return cells;
}

TEST(CapacityFit, RecoversTheLawOfTheCells) {
  const CapacityFit fit = fit_capacity(made_up_cells(0));
  ASSERT_EQ(fit.loads.size(), 4U);
  for (const CriticalLoad& load : fit.loads) {
    ASSERT_TRUE(load.is_bracketed);
    EXPECT_NEAR(load.k_max / (0.02 * load.neurons * load.neurons), 1, 3e-3);  // counts are rounded to 1/1000
  }
  ASSERT_EQ(fit.laws.size(), 1U);
  EXPECT_EQ(fit.laws[0].sizes, 4);
  EXPECT_NEAR(fit.laws[0].exponent, 2, 2e-3);
  EXPECT_NEAR(fit.laws[0].prefactor, 0.02, 2e-4);
  EXPECT_LT(fit.laws[0].uncertainty, 2e-3);
}

TEST(CapacityFit, HasTheUncertaintyOfItsDraws) {
  const CapacityFit fit = fit_capacity(made_up_cells(0.4));
  // ln K_max of a size is the mean of 6 draws of +-0.4: its standard error is 0.4/sqrt(6); sum (x - mean)^2 = 5 ln^2 2.
  const double expected = 0.4 / std::sqrt(6.0) / (std::sqrt(5.0) * std::log(2.0));
  EXPECT_NEAR(fit.laws[0].uncertainty / expected, 1, 0.15);
  EXPECT_NEAR(fit.laws[0].exponent, 2, 3 * expected);
  for (const CriticalLoad& load : fit.loads) {
    EXPECT_LT(load.low, load.k_max);
    EXPECT_GT(load.high, load.k_max);
  }
}

TEST(CapacityFit, HasNoUncertaintyForOneDrawOfTwoSizes) {
  std::vector<CapacityCell> cells;
  for (const CapacityCell& cell : made_up_cells(0))
    if (cell.neurons < 100 && cell.seed == 0) cells.push_back(cell);
  const CapacityFit fit = fit_capacity(cells);
  EXPECT_EQ(fit.laws[0].sizes, 2);
  EXPECT_NEAR(fit.laws[0].exponent, 2, 5e-3);
  EXPECT_TRUE(std::isnan(fit.laws[0].uncertainty));
}

TEST(CapacityFit, HasNoKMaxWhereRecallNeverCrossesOneHalf) {
  std::vector<CapacityCell> cells;
  for (const std::int64_t load : {1, 2, 4}) {
    cells.push_back({Contender::astrocyte, 10, load, 1, 4, 4, 0});
    cells.push_back({Contender::hopfield, 10, load, 1, 4, 0, 0.3});
  }
  const CapacityFit fit = fit_capacity(cells);
  ASSERT_EQ(fit.loads.size(), 2U);
  EXPECT_FALSE(fit.loads[0].is_bracketed);
  EXPECT_FALSE(fit.loads[1].is_bracketed);
  for (const PowerLaw& law : fit.laws) EXPECT_EQ(law.sizes, 0);
  EXPECT_TRUE(fit_capacity({}).laws.empty());
}

}  // namespace
}  // namespace tripartite::memory
