// What the command network prints and writes as results, computed anew from the states and edges that it recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cli/recorded_run.hpp"

namespace tripartite {
namespace {

using Frames = RecordedRun::Frames;

constexpr double rounding = 1e-6;  // of recordings, which are float32

TEST(NetworkResults, AreThoseOfTheRecordings) {
  const RecordedRun run({"network",
                         "--neurons",
                         "13",
                         "--astrocytes",
                         "5",
                         "--duration",
                         "6",
                         "--seed",
                         "3",
                         "--set",
                         "connectivity.indegree=4",
                         "--set",
                         "connectivity.p_third=0.6",
                         "--set",
                         "connectivity.J_excitatory=0.4",
                         "--set",
                         "connectivity.J_inhibitory=-0.7",
                         "--set",
                         "neuron.theta=2",
                         "--set",
                         "input.spread=2",
                         "--set",
                         "astrocyte.C_Theta=0.1",
                         "--set",
                         "recording.interval=0.5",
                         "--set",
                         "recording.elements=0"});
  const auto& results = run.results();
  const auto compare = [&](const std::string& mean, const std::string& recorded) {
    const Frames frames = run.recorded(recorded);
    const auto means = run.dataset("means.h5", "/mean/" + mean);
    ASSERT_EQ(frames.size(), 13U);
    ASSERT_EQ(means.size(), 13U);
    for (std::size_t k = 0; k < 13; ++k)
      EXPECT_NEAR(means[k], mean_of(frames[k]), rounding * std::abs(means[k])) << mean << " in frame " << k;
  };
  for (const char* name : {"nu", "C", "Gamma_S", "C_s"}) compare(name, name);
  const auto times = run.dataset("means.h5", "/time");
  for (std::size_t k = 0; k < 13; ++k) EXPECT_NEAR(times[k], 0.5 * double(k), 1e-12);

  std::vector<double> rate, soma;
  for (const auto& frame : run.recorded("nu")) rate.push_back(mean_of(frame));
  for (const auto& frame : run.recorded("C_s")) soma.push_back(mean_of(frame));
  const auto [slowest, fastest] = std::minmax_element(rate.begin(), rate.end());
  const auto [least, most] = std::minmax_element(soma.begin(), soma.end());
  ASSERT_GT(*fastest, 1.5 * *slowest);
  ASSERT_GT(*most, 1.5 * *least);
  EXPECT_NEAR(results["lowest_mean_rate_per_s"].get<double>(), *slowest, rounding * *slowest);
  EXPECT_NEAR(results["highest_mean_rate_per_s"].get<double>(), *fastest, rounding * *fastest);
  EXPECT_NEAR(run.number_after("mean rate"), *slowest, 0.006 * *slowest);
  EXPECT_NEAR(run.number_after("mean rate .* to"), *fastest, 0.006 * *fastest);
  EXPECT_NEAR(run.number_after("mean calcium of somata"), *least, 0.006 * *least);
  EXPECT_NEAR(run.number_after("mean calcium of somata .* to"), *most, 0.006 * *most);

  const io::Hdf5File edges = io::Hdf5File::open(run.file("edges.h5"));
  const std::string group = "/edges/neurons_to_neurons/";
  const auto astrocyte = edges.read<std::int64_t>(group + "0/astrocyte").values;
  const auto source = edges.read<std::uint64_t>(group + "source_node_id").values;
  const auto efficacy = edges.read<double>(group + "0/J").values;
  ASSERT_EQ(source.size(), astrocyte.size());
  for (std::size_t e = 0; e < source.size(); ++e)  // 0.8 of 13 neurons are excitatory
    EXPECT_NEAR(efficacy[e], source[e] < 0.8 * 13 ? 0.4 : -0.7, 1e-6) << source[e];
  const auto bare = std::count(astrocyte.begin(), astrocyte.end(), -1);
  EXPECT_EQ(astrocyte.size(), 13U * 4);
  EXPECT_GT(bare, 0);
  EXPECT_EQ(results["bare_synapses"], bare);
  EXPECT_EQ(results["tripartite_synapses"], std::ptrdiff_t(astrocyte.size()) - bare);
  EXPECT_EQ(run.recorded("C")[0].size(), astrocyte.size() - std::size_t(bare));
  EXPECT_EQ(results["gap_junctions"], 5);
  const io::Spikes releases = run.events("releases.h5");
  ASSERT_GT(releases.times.size(), 0U);
  EXPECT_EQ(results["releases"], releases.times.size());
  EXPECT_EQ(run.number_after("releases of gliotransmitter"), double(releases.times.size()));
}

/// The rate of a neuron without synapses after time t under a constant input.
double relaxed(double rate, double input, double t) {
  const double response = 60 / (1 + std::exp((10 - input) / 1.5));
  return response + (rate - response) * std::exp(-t / 0.02);
}

TEST(NetworkResults, FollowACueThatBeginsAndEnds) {
  const RecordedRun run({"network",
                         "--neurons",
                         "5",
                         "--astrocytes",
                         "1",
                         "--duration",
                         "0.3",
                         "--precision",
                         "float64",
                         "--set",
                         "connectivity.indegree=0",
                         "--set",
                         "neuron.initial_rate=3",
                         "--set",
                         "input.external=8",
                         "--set",
                         "input.cue=2.5",
                         "--set",
                         "input.cue_begin=0.05",
                         "--set",
                         "input.cue_end=0.13",
                         "--set",
                         "input.cue_fraction=0.4",
                         "--set",
                         "recording.interval=0.02",
                         "--set",
                         "recording.elements=0"});
  const Frames nu = run.recorded("nu");
  // No frame is where the cue begins or ends.
  ASSERT_EQ(nu.size(), 16U);
  for (std::size_t k = 0; k < nu.size(); ++k) {
    const double t = 0.02 * double(k);
    for (std::size_t i = 0; i < 5; ++i) {
      double want = relaxed(3, 8, std::min(t, 0.05));
      if (t > 0.05) want = relaxed(want, i < 2 ? 10.5 : 8, std::min(t, 0.13) - 0.05);
      if (t > 0.13) want = relaxed(want, 8, t - 0.13);
      EXPECT_NEAR(nu[k][i], want, 1e-5) << t << " s, neuron " << i;
    }
  }
}

TEST(NetworkResults, DrawTheExternalInputFromItsNormalDistribution) {
  constexpr std::size_t neurons = 6000;
  const RecordedRun run({"network", "--neurons", std::to_string(neurons), "--astrocytes", "1", "--duration", "0.5",
                         "--precision", "float64", "--set", "connectivity.indegree=0", "--set", "input.external=9",
                         "--set", "input.spread=1.5", "--set", "recording.interval=0.5", "--set",
                         "recording.elements=0"});
  // After 25 time constants the rate is the response to the input.
  double sum = 0, squares = 0, far = 0;
  const auto frames = run.recorded("nu");
  for (const double rate : frames.back()) {
    const double z = (10 - 1.5 * std::log(60 / rate - 1) - 9) / 1.5;
    sum += z / neurons;
    squares += z * z / neurons;
    far += std::abs(z) > 2 ? 1.0 / neurons : 0;
  }
  EXPECT_NEAR(sum, 0, 5 / std::sqrt(double(neurons)));
  EXPECT_NEAR(squares, 1, 5 * std::sqrt(2.0 / neurons));
  EXPECT_NEAR(far, 0.0455, 5 * std::sqrt(0.0455 / neurons));
}

/// Calcium of the somata of three astrocytes, the second of which is stimulated.
Frames stimulated(const std::string& on, const std::string& period, const std::string& interval = "1") {
  const RecordedRun run({"network",
                         "--neurons",
                         "0",
                         "--astrocytes",
                         "3",
                         "--duration",
                         "40",
                         "--dt",
                         "0.01",
                         "--set",
                         "astrocytes.junctions=none",
                         "--set",
                         "astrocytes.stimulated=1",
                         "--set",
                         "astrocytes.stimulus=2",
                         "--set",
                         "astrocytes.stimulus_on=" + on,
                         "--set",
                         "astrocytes.stimulus_period=" + period,
                         "--set",
                         "recording.interval=" + interval});
  return run.recorded("C_s");
}

TEST(NetworkResults, FollowAStimulusThatReturns) {
  // On from 0 to 8 s, and again from 20 s on.
  const Frames found = stimulated("8", "20"), always = stimulated("100", "100"), once = stimulated("8", "100"),
               never = stimulated("0", "100");
  ASSERT_EQ(found.size(), 41U);
  // Frames that are not where the stimulus begins or ends change nothing.
  const Frames seldom = stimulated("8", "20", "5");
  ASSERT_EQ(seldom.size(), 9U);
  for (std::size_t k = 0; k < seldom.size(); ++k) EXPECT_EQ(seldom[k], found[5 * k]) << k;
  for (std::size_t k = 0; k < found.size(); ++k) {
    EXPECT_EQ(found[k][0], never[k][0]) << k;
    EXPECT_EQ(found[k][2], never[k][2]) << k;
    if (k <= 8) {
      EXPECT_EQ(found[k][1], always[k][1]) << k;
    } else {
      EXPECT_NE(found[k][1], always[k][1]) << k;
    }
    if (k <= 20) {
      EXPECT_EQ(found[k][1], once[k][1]) << k;
    } else {
      EXPECT_NE(found[k][1], once[k][1]) << k;
    }
    if (k > 0) {
      EXPECT_NE(found[k][1], never[k][1]) << k;
    }
  }
}

}  // namespace
}  // namespace tripartite
