// What the commands recall and capacity print and write as results, computed anew from states and from each other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "cli/recorded_run.hpp"

namespace tripartite {
namespace {

TEST(RecallResults, AreThoseOfTheRecordedStates) {
  constexpr std::size_t neurons = 60, cues = 12;
  // So many patterns that some cues end with wrong signs.
  const RecordedRun run({"recall", "--n", "60", "--k", "200", "--cues", "12", "--corruption", "0.15", "--seed", "4",
                         "--set", "recording.interval=5"});
  const auto& results = run.results();
  const auto pattern = run.dataset("recall.h5", "/states/pattern"), begin = run.dataset("recall.h5", "/states/begin"),
             end = run.dataset("recall.h5", "/states/end"), overlaps = run.dataset("recall.h5", "/traces/overlap"),
             times = run.dataset("recall.h5", "/traces/time"), energies = run.dataset("recall.h5", "/traces/energy");
  ASSERT_EQ(pattern.size(), neurons * cues);
  const std::size_t frames = times.size() / cues;
  const double gain = 5;  // of phi, by default
  int whole = 0, failed = 0;
  double rise = 0;
  for (std::size_t cue = 0; cue < cues; ++cue) {
    int before = 0, after = 0;
    double overlap = 0, first_overlap = 0;
    for (std::size_t i = cue * neurons; i < (cue + 1) * neurons; ++i) {
      before += begin[i] * pattern[i] > 0 ? 0 : 1;
      after += end[i] * pattern[i] > 0 ? 0 : 1;
      overlap += pattern[i] * std::tanh(gain * end[i]) / neurons;
      first_overlap += pattern[i] * std::tanh(gain * begin[i]) / neurons;
    }
    EXPECT_EQ(before, 9);
    EXPECT_EQ(results["wrong_signs_of_cue"][cue], before);
    EXPECT_EQ(results["wrong_signs"][cue], after);
    EXPECT_NEAR(results["overlap"][cue].get<double>(), overlap, 1e-5);
    EXPECT_NEAR(overlaps[cue * frames], first_overlap, 1e-5);
    EXPECT_NEAR(overlaps[(cue + 1) * frames - 1], overlap, 1e-5);
    EXPECT_NEAR(times[(cue + 1) * frames - 1], results["time"][cue].get<double>(), 1e-9);
    EXPECT_NEAR(results["time"][cue].get<double>(), 0.05 * results["steps"][cue].get<double>(), 1e-9);
    ++(after == 0 ? whole : failed);
    double largest = 0, highest = 0;
    for (std::size_t k = cue * frames; k < (cue + 1) * frames; ++k) {
      largest = std::max(largest, std::abs(energies[k]));
      if (k > cue * frames) highest = std::max(highest, energies[k] - energies[k - 1]);
    }
    rise = std::max(rise, highest / largest);
  }
  EXPECT_GT(whole, 0);
  EXPECT_GT(failed, 0);
  EXPECT_DOUBLE_EQ(results["recalled_fraction"].get<double>(), double(whole) / cues);
  EXPECT_DOUBLE_EQ(results["energy_rise_max"].get<double>(), rise);
  EXPECT_NEAR(run.number_after("recalled without a wrong sign"), 100.0 * whole / cues, 0.05);
}

TEST(CapacityResults, AreThoseOfTheCellsAndTheCellsThoseOfRecall) {
  const RecordedRun study({"capacity", "--n", "30", "--k", "4,20,90,400", "--seeds", "5,6", "--cues", "4"});
  const auto& cells = study.results()["cells"];
  std::map<int, double> recalled, asked;  // by load, of astrocytes
  for (const auto& cell : cells) {
    if (cell["network"] != "astrocyte") continue;
    const int load = cell["k"];
    recalled[load] += cell["recalled"].get<double>();
    asked[load] += cell["cues"].get<double>();
    const RecordedRun run({"recall", "--n", "30", "--k", std::to_string(load), "--cues", "4", "--seed",
                           std::to_string(cell["seed"].get<int>()), "--set", "recording.interval=0"});
    int right = 0;
    double wrong = 0;
    for (const auto& count : run.results()["wrong_signs"]) {
      right += 1 - 2 * count.get<double>() / 30 >= 0.95 - 1e-12 ? 1 : 0;  // overlap of signs
      wrong += count.get<double>() / 30 / 4;
    }
    EXPECT_EQ(cell["recalled"], right) << cell;
    EXPECT_NEAR(cell["wrong_fraction"].get<double>(), wrong, 1e-8) << cell;
  }
  ASSERT_EQ(recalled.size(), 4U);
  // K_max is between the loads where half of the cues are recalled.
  double above = 0, below = 0;
  for (const auto& [load, count] : recalled) {
    if (count / asked[load] >= 0.5)
      above = load;
    else if (below == 0)
      below = load;
  }
  ASSERT_GT(above, 0);
  ASSERT_GT(below, above);
  for (const auto& load : study.results()["loads"])
    if (load["network"] == "astrocyte") {
      EXPECT_EQ(load["n"], 30);
      EXPECT_GE(load["k_max"].get<double>(), above);
      EXPECT_LE(load["k_max"].get<double>(), below);
      EXPECT_NEAR(study.number_after("astrocyte +30"), load["k_max"].get<double>(), 0.51);
    }
}

}  // namespace
}  // namespace tripartite
