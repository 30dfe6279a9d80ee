// What `tripartite sweep --network` writes, computed anew from the files of ordinary runs of the same networks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "cli/recorded_run.hpp"

namespace tripartite {
namespace {

using Frames = RecordedRun::Frames;
using Row = std::map<std::string, std::string>;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells{""};
  for (const char c : line)
    if (c == ',')
      cells.emplace_back();
    else
      cells.back() += c;
  return cells;
}

std::vector<Row> rows_of(const std::string& csv) {
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  const auto names = cells_of(line);
  std::vector<Row> rows;
  while (std::getline(lines, line)) {
    const auto cells = cells_of(line);
    EXPECT_EQ(cells.size(), names.size()) << line;
    rows.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) rows.back()[names[i]] = cells.at(i);
  }
  return rows;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

std::vector<double> after(const std::vector<double>& values, std::size_t first) {
  return {values.begin() + std::ptrdiff_t(first), values.end()};
}

/// Times of upward crossings of the middle [frames], each after the curve was below it by a tenth of the range.
std::vector<double> crossings_of(const std::vector<double>& values) {
  const double low = *std::min_element(values.begin(), values.end());
  const double high = *std::max_element(values.begin(), values.end());
  const double middle = (low + high) / 2;
  std::vector<double> crossings;
  bool was_low = false;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (values[k] <= middle - 0.1 * (high - low)) was_low = true;
    if (!was_low || k == 0 || values[k - 1] > middle || values[k] <= middle) continue;
    crossings.push_back(double(k) - (values[k] - middle) / (values[k] - values[k - 1]));
    was_low = false;
  }
  return crossings;
}

double range_of(const std::vector<double>& values) {
  return *std::max_element(values.begin(), values.end()) - *std::min_element(values.begin(), values.end());
}

/// Amplitude, frequency and fraction of those with two cycles: over elements, from the frames behind the first ones.
struct Calcium {
  double amplitude = 0, frequency = 0, oscillating = 0;
};
Calcium calcium_of(const Frames& frames, std::size_t first, double interval) {
  Calcium all;
  std::vector<double> intervals;
  const std::size_t elements = frames.front().size();
  for (std::size_t i = 0; i < elements; ++i) {
    std::vector<double> curve;
    for (std::size_t k = first; k < frames.size(); ++k) curve.push_back(frames[k][i]);
    all.amplitude += range_of(curve) / double(elements);
    const auto crossings = crossings_of(curve);
    if (range_of(curve) < 0.01 || crossings.size() < 3) continue;
    all.oscillating += 1 / double(elements);
    for (std::size_t k = 1; k < crossings.size(); ++k)
      intervals.push_back(interval * (crossings[k] - crossings[k - 1]));
  }
  if (!intervals.empty()) all.frequency = 1 / mean(intervals);
  return all;
}

TEST(NetworkSweepResults, AreThoseOfOrdinaryRuns) {
  constexpr double transient = 20, observed = 40, interval = 0.05;
  constexpr std::size_t first = 401;  // frame behind the transient
  const std::vector<std::string> common{"--neurons",    "20",
                                        "--astrocytes", "3",
                                        "--set",        "population.excitatory=1",
                                        "--set",        "astrocyte.O_delta=0.3",
                                        "--set",        "synapse.rho_c=2e-4",
                                        "--set",        "synapse.U_0_star=0.05",
                                        "--set",        "synapse.alpha=1",
                                        "--set",        "input.spread=0.2"};
  auto arguments = common;
  arguments.insert(arguments.begin(), {"sweep", "--network", "--transient", "20", "--duration", "40", "--seeds", "2",
                                       "--seed", "3", "--over", "input.external=3:7:2", "--over", "synapse.O_G=0:2:2"});
  const RecordedRun sweep(arguments);
  const auto rows = rows_of(io::read_file(sweep.file("sweep.csv")));
  ASSERT_EQ(rows.size(), 8U);
  EXPECT_EQ(sweep.results()["discarded_s"], transient);
  EXPECT_EQ(sweep.results()["observed_s"], observed);
  EXPECT_EQ(sweep.results()["finished_points"], 4);
  int bursting = 0, quiet = 0, oscillating = 0, releasing = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string external = i / 2 % 2 == 0 ? "3" : "7", binding = i < 4 ? "0" : "2", seed = i % 2 == 0 ? "3" : "4";
    const Row& row = rows[i];
    EXPECT_EQ(row.at("input.external"), external);
    EXPECT_EQ(row.at("synapse.O_G"), binding);
    EXPECT_EQ(row.at("seed"), seed);
    auto single = common;
    single.insert(single.begin(),
                  {"network", "--seed", seed, "--duration", "60", "--set", "input.external=" + external, "--set",
                   "synapse.O_G=" + binding, "--set", "recording.fields=C,C_s,r", "--set", "recording.elements=0"});
    const RecordedRun run(single);
    const auto expect = [&](const char* column, double value, double tolerance) {
      const std::string& cell = row.at(column);
      if (std::isnan(value)) {
        EXPECT_EQ(cell, "") << column << " of " << i;
      } else {
        EXPECT_NEAR(std::stod(cell), value, tolerance * std::abs(value) + 1e-9) << column << " of " << i;
      }
    };
    const auto rate = after(run.dataset("means.h5", "/mean/nu"), first);
    ASSERT_NEAR(double(rate.size()) * interval, observed, 1e-9);
    expect("rate_per_s", mean(rate), 1e-6);
    double squares = 0;
    for (const double value : rate) squares += std::pow(value - mean(rate), 2) / double(rate.size());
    expect("rate_deviation_per_s", std::sqrt(squares), 1e-6);
    const auto bursts = range_of(rate) >= 6 ? crossings_of(rate) : std::vector<double>();  // a tenth of nu_max = 60 /s
    expect("bursts_per_s", double(bursts.size()) / observed, 1e-6);
    std::vector<double> intervals;
    for (std::size_t k = 1; k < bursts.size(); ++k) intervals.push_back(interval * (bursts[k] - bursts[k - 1]));
    std::sort(intervals.begin(), intervals.end());
    const std::size_t half = intervals.size() / 2;
    expect("median_burst_interval_s",
           intervals.empty()
               ? NAN
               : (intervals.size() % 2 == 1 ? intervals[half] : (intervals[half - 1] + intervals[half]) / 2),
           1e-5);
    ++(bursts.empty() ? quiet : bursting);

    const Frames r = run.recorded("r"), calcium = run.recorded("C"), soma = run.recorded("C_s");
    const auto synapses = double(r.front().size());
    ASSERT_EQ(synapses, run.results()["tripartite_synapses"].get<double>());
    const auto releases = run.events("releases.h5").times;
    expect("release_rate_per_s",
           double(std::count_if(releases.begin(), releases.end(), [](double t) { return t > transient + 1e-9; })) /
               synapses / observed,
           1e-6);
    releasing += releases.back() > transient ? 1 : 0;
    std::vector<double> probability;
    for (std::size_t k = first; k < r.size(); ++k) probability.push_back(mean(r[k]));
    expect("release_probability", mean(probability), 1e-5);
    expect("calcium_uM", mean(after(run.dataset("means.h5", "/mean/C"), first)), 1e-6);
    expect("soma_calcium_uM", mean(after(run.dataset("means.h5", "/mean/C_s"), first)), 1e-6);
    const Calcium of_somata = calcium_of(soma, first, interval);
    expect("soma_calcium_amplitude_uM", of_somata.amplitude, 1e-5);
    expect("soma_oscillation_frequency_per_s", of_somata.frequency, 1e-5);
    expect("soma_fraction_oscillating", of_somata.oscillating, 1e-6);
    oscillating += of_somata.oscillating > 0 ? 1 : 0;
    EXPECT_EQ(row.at("oscillation_frequency_per_s").empty(), false);
    // The sweep looks at five synapses unless told otherwise.
    Frames five;
    for (const auto& frame : calcium)
      five.push_back({frame[0], frame[std::size_t(std::lround((synapses - 1) / 4))],
                      frame[std::size_t(std::lround((synapses - 1) / 2))],
                      frame[std::size_t(std::lround((synapses - 1) * 3 / 4))], frame.back()});
    const Calcium of_processes = calcium_of(five, first, interval);
    oscillating += of_processes.oscillating > 0 ? 1 : 0;
    expect("fraction_oscillating", of_processes.oscillating, 1e-6);
    expect("calcium_amplitude_uM", of_processes.amplitude, 1e-5);
    expect("oscillation_frequency_per_s", of_processes.frequency, 1e-5);
  }
  EXPECT_GT(bursting, 0);
  EXPECT_GT(quiet, 0);
  EXPECT_GT(oscillating, 0);
  EXPECT_GT(releasing, 0);
  // The summary has the means over seeds.
  for (const auto& quantity : sweep.results()["quantities"]) {
    const auto key = quantity["key"].get<std::string>();
    for (std::size_t point = 0; point < 4; ++point) {
      std::vector<double> values;
      for (const std::size_t i : {2 * point, 2 * point + 1})
        if (!rows[i].at(key).empty()) values.push_back(std::stod(rows[i].at(key)));
      const auto& found = sweep.results()[key][point];
      if (values.empty()) {
        EXPECT_TRUE(found.is_null()) << key;
      } else if (key == "drift") {
        EXPECT_NEAR(found.get<double>(), *std::max_element(values.begin(), values.end()), 1e-6);
      } else {
        EXPECT_NEAR(found.get<double>(), mean(values), 1e-6 * std::abs(mean(values)) + 1e-9) << key << " at " << point;
      }
      if (key != "drift" && values.size() == 2) {
        EXPECT_NEAR(sweep.results()["deviation_over_seeds"][key][point].get<double>(),
                    std::abs(values[1] - values[0]) / std::sqrt(2), 1e-5 * std::abs(mean(values)) + 1e-8)
            << key << " at " << point;
      }
    }
  }
}

}  // namespace
}  // namespace tripartite
