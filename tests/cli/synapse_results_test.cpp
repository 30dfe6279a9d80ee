// What the commands synapse, sweep and astrocyte print and write as results, computed anew from the states that they
// recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "cli/recorded_run.hpp"

namespace tripartite {
namespace {

using Frames = RecordedRun::Frames;

constexpr double rounding = 1e-6;  // of recordings, which are float32

/// r of docs/models.md: what a spike would release, of elements [first, last) of a frame.
double released(const RecordedRun& run, std::size_t frame, std::size_t first, std::size_t last, double resting,
                double alpha) {
  const auto u = run.recorded("u")[frame], x = run.recorded("x")[frame], bound = run.recorded("Gamma_S")[frame];
  double sum = 0;
  for (std::size_t i = first; i < last; ++i)
    sum += (u[i] + ((1 - bound[i]) * resting + alpha * bound[i]) * (1 - u[i])) * x[i];
  return sum / double(last - first);
}

TEST(SynapseResults, AreThoseOfTheRecordings) {
  const std::vector<std::string> states{"u", "x", "Y", "Gamma_S", "Gamma_A", "I", "C", "h", "x_A", "G_A"};
  std::string fields = "recording.fields=";
  for (const std::string& state : states) fields += (state == "u" ? "" : ",") + state;
  const RecordedRun run({"synapse", "--synapses", "12", "--duration", "40", "--rate", "4", "--set",
                         "population.sizes=7,5", "--set", "population.varied=alpha each 0.2 0.9", "--set",
                         "synapse.U_0_star=0.55", "--set", "recording.interval=1", "--set", "recording.synapses=0",
                         "--set", fields});
  const auto& results = run.results();
  const std::size_t first[] = {0, 7}, last[] = {7, 12};
  const double alpha[] = {0.2, 0.9};
  ASSERT_EQ(run.dataset("means.h5", "/time").size(), 41U);
  for (const std::string& state : states) {
    const Frames frames = run.recorded(state);
    ASSERT_EQ(frames.size(), 41U);
    const auto all = run.dataset("means.h5", "/mean/" + state);
    ASSERT_EQ(all.size(), 41U);
    for (std::size_t k = 0; k < frames.size(); ++k)
      EXPECT_NEAR(all[k], mean_of(frames[k]), rounding * std::abs(all[k])) << state << " in frame " << k;
    EXPECT_NEAR(results["final_means"][state].get<double>(), all.back(), rounding * std::abs(all.back())) << state;
    for (std::size_t p = 0; p < 2; ++p) {
      const double want = mean_of(frames.back(), first[p], last[p]);
      const std::string path = "/populations/" + std::to_string(p) + "/" + state;
      EXPECT_NEAR(run.dataset("means.h5", path).back(), want, rounding * std::abs(want)) << path;
      EXPECT_NEAR(results["populations"][p]["final_means"][state].get<double>(), want, rounding * std::abs(want));
    }
  }
  for (const std::size_t frame : {0, 17, 40}) {
    double whole = 0;
    for (std::size_t p = 0; p < 2; ++p) {
      const double want = released(run, frame, first[p], last[p], 0.55, alpha[p]);
      EXPECT_NEAR(run.dataset("means.h5", "/populations/" + std::to_string(p) + "/r")[frame], want, rounding);
      whole += want * double(last[p] - first[p]) / 12;
    }
    EXPECT_NEAR(run.dataset("means.h5", "/mean/r")[frame], whole, rounding) << frame;
  }
  EXPECT_NEAR(run.number_after("at the end *C ="), mean_of(run.recorded("C").back()), 1e-4);
  EXPECT_NEAR(run.number_after("uM, I ="), mean_of(run.recorded("I").back()), 1e-3);
  EXPECT_NEAR(run.number_after("Gamma_S ="), mean_of(run.recorded("Gamma_S").back()), 1e-4);
  EXPECT_NEAR(run.number_after(" r ="), run.dataset("means.h5", "/mean/r").back(), 1e-4);
}

TEST(SynapseResults, CountTheReleasesOfEachPopulation) {
  const RecordedRun run({"synapse", "--synapses", "10", "--duration", "60", "--rate", "0.5", "--set",
                         "astrocyte.O_delta=0.3", "--set", "population.sizes=6,4", "--set",
                         "population.varied=C_Theta each 5 0.2"});
  const auto& results = run.results();
  const io::Spikes releases = run.events("releases.h5");
  const std::set<std::uint64_t> releasing(releases.nodes.begin(), releases.nodes.end());
  ASSERT_GT(releases.times.size(), releasing.size());
  ASSERT_LT(releasing.size(), 10U);  // or synapses that release nothing would not be seen
  EXPECT_EQ(results["releases"], releases.times.size());
  EXPECT_EQ(results["releasing_synapses"], releasing.size());
  EXPECT_DOUBLE_EQ(results["release_rate_per_s"].get<double>(), double(releases.times.size()) / 10 / 60);
  EXPECT_DOUBLE_EQ(results["simulated_s"].get<double>(), 60);
  for (std::size_t p = 0; p < 2; ++p) {
    const auto count = std::count_if(releases.nodes.begin(), releases.nodes.end(),
                                     [&](std::uint64_t node) { return (node < 6) == (p == 0); });
    EXPECT_EQ(results["populations"][p]["releases"], count) << p;
    EXPECT_DOUBLE_EQ(results["populations"][p]["release_rate_per_s"].get<double>(),
                     double(count) / (p == 0 ? 6 : 4) / 60);
  }
  EXPECT_EQ(run.number_after("releases of gliotransmitter"), double(releases.times.size()));
  EXPECT_EQ(run.number_after(" by"), double(releasing.size()));
}

TEST(SynapseResults, RecordTheSynapsesThatTheyName) {
  const std::vector<std::string> common{"synapse",
                                        "--synapses",
                                        "10",
                                        "--duration",
                                        "2",
                                        "--set",
                                        "population.varied=O_delta uniform 0.3 1.2",
                                        "--set",
                                        "recording.interval=0.5",
                                        "--set",
                                        "recording.fields=C,I",
                                        "--set"};
  const auto run_of = [&](const char* recorded) {
    auto arguments = common;
    arguments.emplace_back(recorded);
    return RecordedRun(arguments);
  };
  const RecordedRun all = run_of("recording.synapses=0"), spread = run_of("recording.synapses=4"),
                    chosen = run_of("recording.indices=7,2");
  const auto expect_ids = [&](const RecordedRun& run, const std::vector<std::size_t>& ids) {
    const auto found =
        io::Hdf5File::open(run.file("recordings.h5")).read<std::uint64_t>("/report/I/mapping/node_ids").values;
    EXPECT_EQ(std::vector<std::size_t>(found.begin(), found.end()), ids);
    const Frames every = all.recorded("I"), some = run.recorded("I");
    ASSERT_EQ(some.size(), every.size());
    for (std::size_t frame = 0; frame < every.size(); ++frame)
      for (std::size_t k = 0; k < ids.size(); ++k) EXPECT_EQ(some[frame].at(k), every[frame].at(ids[k]));
  };
  expect_ids(all, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  expect_ids(spread, {0, 3, 6, 9});
  expect_ids(chosen, {7, 2});
  EXPECT_NE(all.recorded("I").back()[2], all.recorded("I").back()[7]);
}

TEST(SynapseResults, FollowRatesThatBeginAndEnd) {
  // Gliotransmission that changes nothing, alpha = U_0*, leaves a linear equation: u' = 0.4 nu (1 - u) - 3 u.
  const RecordedRun run({"synapse", "--duration", "3", "--precision", "float64", "--set", "drive.rates=0,20,0", "--set",
                         "drive.times=0,1.02,1.53", "--set", "synapse.Omega_f=3", "--set", "synapse.U_0_star=0.4",
                         "--set", "synapse.alpha=0.4", "--set", "recording.interval=0.05", "--set",
                         "recording.fields=u"});
  const auto expected = [](double t) {
    const double driven = 8 / 11.0 * -std::expm1(-11 * (std::clamp(t, 1.02, 1.53) - 1.02));
    return driven * std::exp(-3 * (std::max(t, 1.53) - 1.53));
  };
  const Frames u = run.recorded("u");
  ASSERT_EQ(u.size(), 61U);  // no frame is where a rate begins
  for (std::size_t k = 0; k < u.size(); ++k) EXPECT_NEAR(u[k][0], expected(0.05 * double(k)), 1e-6) << k;
}

// ---- sweep

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
      "--dt", "0.005", "--set", "synapse.U_0_star=0.55", "--set", "synapse.alpha=0.1"};
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

// ---- astrocyte

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
