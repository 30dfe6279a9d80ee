// What the command synapse prints and writes as results, computed anew from the states that it recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

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

}  // namespace
}  // namespace tripartite
