// What the command sweep prints and writes as results, computed anew from runs of single synapses.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cli/recorded_run.hpp"

namespace tripartite {
namespace {

using Frames = RecordedRun::Frames;

struct Oscillation {
  double frequency = 0, amplitude = 0;
  int cycles = 0;
};

/// Of calcium, frames `interval` apart: from the first upward crossing of the middle to the last one.
Oscillation oscillation_of(const std::vector<double>& calcium, double interval) {
  const auto [lowest, highest] = std::minmax_element(calcium.begin(), calcium.end());
  const double middle = (*lowest + *highest) / 2;
  std::vector<double> crossings;
  for (std::size_t k = 1; k < calcium.size(); ++k)
    if (calcium[k - 1] <= middle && calcium[k] > middle)
      crossings.push_back((double(k) - (calcium[k] - middle) / (calcium[k] - calcium[k - 1])) * interval);
  Oscillation found{0, *highest - *lowest, int(crossings.size())};
  if (crossings.size() > 1) found.frequency = double(crossings.size() - 1) / (crossings.back() - crossings.front());
  return found;
}

/// What a sweep observes: the end of each run.
struct Window {
  double begin, length;  // [s]
};
Window observed(const nlohmann::json& results) {
  if (results.contains("discarded_s")) return {results["discarded_s"], results["observed_s"]};
  return {results["simulated_s"].get<double>() / 2, results["simulated_s"].get<double>() / 2};
}

/// Columns of sweep.csv by name.
std::map<std::string, std::vector<double>> columns_of(const std::string& csv) {
  std::istringstream lines(csv);
  const auto cells = [&] {
    std::vector<std::string> row;
    std::string line, cell;
    std::getline(lines, line);
    std::istringstream text(line);
    while (std::getline(text, cell, ',')) row.push_back(cell);
    return row;
  };
  std::map<std::string, std::vector<double>> columns;
  const auto names = cells();
  for (auto row = cells(); row.size() == names.size(); row = cells())
    for (std::size_t i = 0; i < row.size(); ++i) columns[names[i]].push_back(std::stod(row[i]));
  return columns;
}

TEST(SweepResults, AreThoseOfSingleRuns) {
  const std::vector<std::string> common{
      "--solver", "rk4", "--dt", "0.005", "--set", "synapse.U_0_star=0.55", "--set", "synapse.alpha=0.1"};
  auto arguments = common;
  arguments.insert(arguments.begin(),
                   {"sweep", "--duration", "200", "--over", "O_delta=0.3:0.5:2", "--over", "rate=0.5:2:2"});
  const RecordedRun sweep(arguments);
  const auto& results = sweep.results();
  ASSERT_EQ(results["points"], 4);
  const auto [begin, length] = observed(results);
  const auto csv = columns_of(io::read_file(sweep.file("sweep.csv")));
  double highest = 0;
  int oscillating = 0, steady = 0;
  for (std::size_t point = 0; point < 4; ++point) {
    const double production = point % 2 == 0 ? 0.3 : 0.5, rate = point < 2 ? 0.5 : 2;
    auto single = common;
    single.insert(single.begin(), {"synapse", "--set", "astrocyte.O_delta=" + std::to_string(production), "--rate",
                                   std::to_string(rate), "--duration", std::to_string(begin + length), "--set",
                                   "recording.interval=0.1", "--set", "recording.fields=C"});
    const RecordedRun run(single);
    const auto first = std::size_t(std::lround(begin / 0.1)) + 1;
    std::vector<double> calcium;
    const Frames frames = run.recorded("C");
    for (std::size_t k = first; k < frames.size(); ++k) calcium.push_back(frames[k][0]);
    ASSERT_NEAR(0.1 * double(calcium.size()), length, 0.11);
    const Oscillation want = oscillation_of(calcium, 0.1);
    const bool oscillates = want.amplitude > 0.05 && want.cycles >= 2;
    const io::Spikes releases = run.events("releases.h5");
    const auto late =
        std::count_if(releases.times.begin(), releases.times.end(), [&](double t) { return t > begin + 1e-9; });
    const auto r = run.dataset("means.h5", "/mean/r");
    double probability = 0;
    for (std::size_t k = first; k < r.size(); ++k) probability += r[k] / double(r.size() - first);

    const auto of_point = [&](const char* key) { return results[key][point].get<double>(); };
    // By whole cycles in the time observed, or by the time between cycles.
    EXPECT_NEAR(of_point("frequency_per_s"), oscillates ? want.frequency : 0, 1.01 / length) << point;
    EXPECT_NEAR(of_point("amplitude_uM"), want.amplitude, 0.03 * want.amplitude + 1e-4) << point;
    EXPECT_NEAR(of_point("release_per_s"), double(late) / length, 1e-9) << point;
    EXPECT_NEAR(of_point("probability"), probability, 2e-3 * probability) << point;
    EXPECT_EQ(of_point("fraction_oscillating"), oscillates ? 1 : 0) << point;
    highest = std::max(highest, of_point("frequency_per_s"));
    ++(oscillates ? oscillating : steady);
    if (oscillates) {
      EXPECT_GE(want.cycles, 6) << point;  // so many that half or twice of them is not within one cycle
    }
    const auto expect_cell = [&](const char* column, double value) {
      EXPECT_NEAR(csv.at(column).at(point), value, 1e-8) << column << " of " << point;
    };
    expect_cell("O_delta", production);
    expect_cell("rate", rate);
    expect_cell("oscillation_frequency_per_s", of_point("frequency_per_s"));
    expect_cell("calcium_amplitude_uM", of_point("amplitude_uM"));
    expect_cell("release_rate_per_s", of_point("release_per_s"));
    expect_cell("release_probability", of_point("probability"));
    expect_cell("fraction_oscillating", of_point("fraction_oscillating"));
  }
  EXPECT_GT(oscillating, 0);
  EXPECT_GT(steady, 0);
  EXPECT_EQ(results["oscillating_points"], oscillating);
  EXPECT_EQ(sweep.number_after("points where calcium oscillates"), oscillating);
  EXPECT_NEAR(sweep.number_after("(?:highest frequency|\nfrequency .* to)"), highest, 0.006 * highest);
}

}  // namespace
}  // namespace tripartite
