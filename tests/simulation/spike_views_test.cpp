#include "host/simulation/spike_views.hpp"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

namespace tripartite::simulation {
namespace {

constexpr double dt = 1e-3;

std::shared_ptr<const SpikeSource> poisson() {
  return std::make_shared<PoissonSpikes>(Schedule({{0, {40, 0, 0, 0}}}), dt, 7, 0, std::vector<double>());
}

/// Element and time of all arrivals in [0, 2 s), collected in windows of `window` steps.
std::vector<std::pair<std::uint64_t, std::int64_t>> arrivals(const SpikeSource& spikes, std::uint64_t first,
                                                             std::uint64_t last, int window, int parts) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> all;
  for (std::uint64_t element = first; element < last; ++element)
    for (std::int64_t begin = 0; begin < 2000 * parts; begin += window) {
      std::vector<Arrival> found;
      spikes.collect(element, element + 1, begin, window, found);
      for (const Arrival& arrival : found) all.emplace_back(arrival.element, begin + arrival.step + 1);
    }
  return all;
}

TEST(SpikeViews, FinerStepsKeepTheTimesOfSpikes) {
  const auto spikes = poisson(), finer = at_finer_steps(spikes, 2);
  EXPECT_EQ(finer->dt(), dt / 2);
  auto expected = arrivals(*spikes, 0, 5, 100, 1);
  ASSERT_GT(expected.size(), 200U);
  for (auto& [element, end] : expected) end *= 2;
  for (const int window : {1, 4, 5, 1000}) EXPECT_EQ(arrivals(*finer, 0, 5, window, 2), expected) << window;
}

TEST(SpikeViews, APartHasTheSpikesOfItsElements) {
  const auto spikes = poisson(), part = from_element(spikes, 3);
  auto expected = arrivals(*spikes, 3, 5, 100, 1);
  for (auto& [element, end] : expected) element -= 3;
  EXPECT_EQ(arrivals(*part, 0, 2, 100, 1), expected);
}

}  // namespace
}  // namespace tripartite::simulation
