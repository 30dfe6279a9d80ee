// What the command astrocyte prints and writes as results, computed anew from the states that it recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "cli/recorded_run.hpp"

namespace tripartite {
namespace {

using Frames = RecordedRun::Frames;

constexpr double rounding = 1e-6;  // of recordings, which are float32

TEST(AstrocyteResults, AreThoseOfTheRecordings) {
  constexpr double dt = 0.002, scale = 1.7;
  const double threshold[] = {0.17, 0.21, 0.25};
  const RecordedRun run({"astrocyte",
                         "--astrocytes",
                         "3",
                         "--duration",
                         "30",
                         "--dt",
                         "0.002",
                         "--rate",
                         "10",
                         "--weight",
                         "25",
                         "--precision",
                         "float64",
                         "--set",
                         "inputs.kind=regular",
                         "--set",
                         "recording.interval=0.002",
                         "--set",
                         "recording.astrocytes=0",
                         "--set",
                         "astrocyte.I_SIC_scale=1.7",
                         "--set",
                         "population.varied=C_Theta list thresholds.csv"},
                        {{"thresholds.csv", "0.17\n0.21\n0.25\n"}});
  const Frames calcium = run.recorded("C"), current = run.recorded("I_SIC");
  ASSERT_EQ(calcium.size(), 15001U);
  double lowest = 1e9, highest = 0, strongest = 0;
  std::vector<std::pair<double, std::uint64_t>> crossings;
  for (std::size_t k = 0; k < calcium.size(); ++k)
    for (std::size_t i = 0; i < 3; ++i) {
      const double excess = 1e3 * (calcium[k][i] - threshold[i]), want = excess > 1 ? scale * std::log(excess) : 0;
      ASSERT_NEAR(current[k][i], want, 2e-4) << "frame " << k << ", astrocyte " << i;  // calcium in float32, in nM
      lowest = std::min(lowest, calcium[k][i]);
      highest = std::max(highest, calcium[k][i]);
      strongest = std::max(strongest, want);
      if (k > 0 && calcium[k - 1][i] <= threshold[i] && calcium[k][i] > threshold[i])
        crossings.emplace_back(dt * double(k), i);
    }
  const auto& results = run.results();
  EXPECT_NEAR(results["lowest_calcium_uM"].get<double>(), lowest, rounding);
  EXPECT_NEAR(results["highest_calcium_uM"].get<double>(), highest, rounding);
  EXPECT_NEAR(results["highest_current"].get<double>(), strongest, 1e-4);
  ASSERT_GE(crossings.size(), 3U);
  EXPECT_EQ(results["crossings"], crossings.size());
  const io::Spikes found = run.events("crossings.h5");
  ASSERT_EQ(found.times.size(), crossings.size());
  for (std::size_t k = 0; k < crossings.size(); ++k) {
    EXPECT_NEAR(found.times[k], crossings[k].first, 1e-9);
    EXPECT_EQ(found.nodes[k], crossings[k].second);
  }
  EXPECT_NEAR(run.number_after("calcium"), lowest, 1e-3 * lowest);
  EXPECT_NEAR(run.number_after(" to"), highest, 1e-3 * highest);
  EXPECT_EQ(run.number_after("crosses C_Theta"), double(crossings.size()));
  EXPECT_NEAR(run.number_after("up to"), strongest, 1e-3 * strongest);
  // An input of weight 25 every tenth of a second, the first at 0.1 s, the last at 30 s.
  const Frames ip3 = run.recorded("I");
  int inputs = 0;
  for (std::size_t k = 1; k < ip3.size(); ++k) inputs += ip3[k][0] - ip3[k - 1][0] > 0.5 * 25 * 2e-4 ? 1 : 0;
  EXPECT_EQ(inputs, 300);
}

}  // namespace
}  // namespace tripartite
