// The commands synapse, network and sweep, tested as separate processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/sonata_spikes.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/backend.hpp"

namespace tripartite {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class SynapseCommands : public testing::Test {
 protected:
  Finished run(const std::vector<std::string>& arguments) const { return run_program(arguments, directory_.path()); }
  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  json summary(const std::string& run) const { return json::parse(io::read_file(file(run) / "summary.json")); }
  const TemporaryDirectory directory_;
};

TEST_F(SynapseCommands, SynapseWritesEveryReleaseAndAReport) {
  const Finished finished = run({"synapse", "--synapses", "40", "--duration", "20", "--rate", "2", "--set",
                                 "population.varied=O_delta uniform 0.5 0.9", "--out", "a"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json results = summary("a")["results"];
  const io::Spikes releases = io::read_sonata_spikes(file("a") / "releases.h5");
  EXPECT_GT(releases.times.size(), 0U);
  EXPECT_EQ(results["releases"].get<std::size_t>(), releases.times.size());
  EXPECT_TRUE(std::is_sorted(releases.times.begin(), releases.times.end()));
  for (const char* name : {"recordings.h5", "means.h5", "report.html", "config.toml"})
    EXPECT_TRUE(std::filesystem::exists(file("a") / name)) << name;
  EXPECT_EQ(summary("a")["command_line"],
            "tripartite synapse --synapses 40 --duration 20 --rate 2 --set 'population.varied=O_delta uniform 0.5 0.9' "
            "--out a");
  EXPECT_NE(summary("a")["commit"], "");
}

TEST_F(SynapseCommands, SynapseRepeatsARunFromItsOwnConfiguration) {
  ASSERT_EQ(run({"synapse", "--synapses", "9", "--duration", "15", "--drive", "poisson", "--out", "a"}).status, 0);
  ASSERT_EQ(run({"synapse", "--config", "a/config.toml", "--out", "b"}).status, 0);
  EXPECT_EQ(summary("a")["results"]["final_means"], summary("b")["results"]["final_means"]);
}

TEST_F(SynapseCommands, SynapseReadsSpikesFromAFile) {
  {
    io::SonataSpikes spikes(file("in.h5"), "inputs");
    spikes.append({{0.5, 0.6, 0.7}, {0, 1, 0}});
    spikes.close();
  }
  const Finished finished = run({"synapse", "--synapses", "2", "--duration", "1", "--drive", "file", "--set",
                                 "drive.spikes=in.h5", "--out", "a"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_GT(summary("a")["results"]["final_means"]["u"].get<double>(), 0);
}

TEST_F(SynapseCommands, SynapseWritesTheSpikesThatDriveRecordedSynapses) {
  {
    io::SonataSpikes spikes(file("in.h5"), "inputs");
    spikes.append({{0.5, 0.6, 0.7}, {0, 1, 0}});
    spikes.close();
  }
  ASSERT_EQ(run({"synapse", "--synapses", "4", "--duration", "1", "--drive", "file", "--set", "drive.spikes=in.h5",
                 "--set", "recording.indices=2,3", "--out", "a"})
                .status,
            0);
  const io::Spikes written = io::read_sonata_spikes(file("a") / "spikes.h5");
  EXPECT_THAT(written.nodes, testing::ElementsAre(2, 3, 2));  // synapse i listens to node i mod 2
  EXPECT_THAT(written.times, testing::Pointwise(testing::DoubleNear(1e-9), {0.5, 0.6, 0.7}));
}

TEST_F(SynapseCommands, SynapseReportsTheDriveTheThresholdAndTheReleases) {
  ASSERT_EQ(run({"synapse", "--config", TRIPARTITE_PROJECT_DATA "/../examples/open_loop.toml", "--out", "a"}).status,
            0);
  const std::string page = io::read_file(file("a") / "report.html");
  EXPECT_THAT(page, testing::ContainsRegex("<h1>[0-9]+ releases of gliotransmitter in 100 s of one tripartite synapse; "
                                           "calcium oscillates at [0-9.]+ /s"));
  EXPECT_THAT(page, HasSubstr("tripartite synapse --config"));
  EXPECT_THAT(page, HasSubstr("<span class=\"changed\">100"));  // population.duration
  EXPECT_THAT(page, testing::Not(HasSubstr("Not drawn")));
  if (page.find("<svg") == std::string::npos) GTEST_SKIP() << "gnuplot is not installed";
  for (const char* words : {">ν [1/s]<", ">spikes<", ">C [µM]<", ">I<tspan dy=\"4\" font-size=\"0.75em\">bias<",
                            ">Θ</tspan><", "\"column\":\"release\"", "\"column\":\"spike\""})
    EXPECT_THAT(page, HasSubstr(words));
  const auto place = [&](const char* words) { return page.find(words); };
  EXPECT_LT(place(">spikes<"), place(">u [1]<"));  // from cause to effect
  EXPECT_LT(place(">u [1]<"), place(">I [µM]<"));
  EXPECT_LT(place(">I [µM]<"), place(">C [µM]<"));
  EXPECT_LT(place(">C [µM]<"), place(">A</tspan><tspan dy=\"-4\">\u00a0[1]<"));
  EXPECT_LT(place(">A</tspan><tspan dy=\"-4\">\u00a0[1]<"), place(">Γ<tspan dy=\"4\" font-size=\"0.75em\">S</tspan>"));
}

TEST_F(SynapseCommands, MeansHaveStandardDeviations) {
  ASSERT_EQ(run({"synapse", "--synapses", "4", "--duration", "2", "--set", "population.sizes=2,2", "--set",
                 "population.varied=O_delta each 0.4 1.2", "--set", "recording.synapses=0", "--set",
                 "recording.fields=C", "--out", "a"})
                .status,
            0);
  const auto means = io::Hdf5File::open(file("a") / "means.h5"),
             recorded = io::Hdf5File::open(file("a") / "recordings.h5");
  const auto calcium = recorded.read<double>("/report/C/data").values;  // [frame x synapse]
  const std::vector<double> last(calcium.end() - 4, calcium.end());
  ASSERT_NE(last[0], last[3]);
  EXPECT_NEAR(means.read<double>("/deviation/C").values.back(), std::abs(last[3] - last[0]) / 2, 1e-6);
  EXPECT_EQ(means.read<double>("/populations/1/deviation/C").values.back(), 0);  // its synapses are equal
}

TEST_F(SynapseCommands, NetworkReportsAWaveAndOnlyWhatThereIs) {
  ASSERT_EQ(
      run({"network", "--config", TRIPARTITE_PROJECT_DATA "/../examples/calcium_wave_ring.toml", "--out", "a"}).status,
      0);
  const std::string page = io::read_file(file("a") / "report.html");
  EXPECT_THAT(page,
              testing::ContainsRegex("<h1>Calcium rises above [0-9.]+ µM in [0-9]+ of 50 astrocytes, in the first "
                                     "after [0-9.]+ s, in the last after [0-9.]+ s</h1>"));
  for (const char* words : {"rate", "Releases", "Single neurons", "synapses</h3>", "Not drawn", "The sheet"})
    EXPECT_EQ(page.substr(0, page.find("<h2>Parameters")).find(words), std::string::npos) << words;
  EXPECT_THAT(page, AllOf(HasSubstr("Calcium in the somata"),
                          HasSubstr("astrocytes, of 50 recorded, whose C<sub>s</sub> moves")));
}

TEST_F(SynapseCommands, NetworkReportsASheetOnOneScaleWithoutARaster) {
  ASSERT_EQ(run({"network", "--neurons", "0", "--duration", "60", "--set", "astrocytes.count=49", "--set",
                 "astrocytes.junctions=lattice", "--set", "astrocytes.stimulated=24", "--set", "astrocytes.stimulus=2",
                 "--set", "recording.interval=1", "--out", "a"})
                .status,
            0);
  const std::string page = io::read_file(file("a") / "report.html");
  EXPECT_THAT(page, AllOf(HasSubstr("The sheet"), testing::Not(HasSubstr("Calcium in the somata"))));
}

TEST_F(SynapseCommands, SynapseReadsSpikesWrittenByLibsonata) {
  // libsonata's test file: five spikes of nodes 2, 3 and 5 between 0.1 and 1.3 ms, the same spikes in three orders.
  std::vector<nlohmann::json> results;
  for (const char* population : {"All", "spikes1", "spikes2"}) {
    const Finished finished =
        run({"synapse", "--drive", "file", "--set", "drive.spikes=" TRIPARTITE_TEST_DATA "/sonata/spikes.h5", "--set",
             std::string("drive.population=") + population, "--duration", "0.002", "--dt", "1e-4", "--synapses", "6",
             "--set", "recording.synapses=0", "--set", "recording.interval=0.002", "--out", population});
    ASSERT_EQ(finished.status, 0) << finished.err;
    results.push_back(summary(population)["results"]["final_means"]);
    const auto u = io::Hdf5File::open(file(population) / "recordings.h5").read<double>("/report/u/data").values;
    ASSERT_EQ(u.size(), 2U * 6U);
    for (const int node : {0, 1, 4}) EXPECT_EQ(u[std::size_t(6 + node)], 0) << node;
    // u increases by 0.6 (1 - u) at each spike (one for node 5, two for nodes 2 and 3) and decays at 3.33 /s for at
    // most 2 ms.
    EXPECT_NEAR(u[6 + 5], 0.6, 0.6 * 3.33 * 0.002);
    for (const int node : {2, 3}) EXPECT_NEAR(u[std::size_t(6 + node)], 0.84, 0.84 * 3.33 * 0.002) << node;
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
  const Finished undecided =
      run({"synapse", "--drive", "file", "--set", "drive.spikes=" TRIPARTITE_TEST_DATA "/sonata/spikes.h5"});
  EXPECT_EQ(undecided.status, 1);
  EXPECT_THAT(undecided.err, HasSubstr("4 populations"));
  const Finished early =
      run({"synapse", "--drive", "file", "--set", "drive.spikes=" TRIPARTITE_TEST_DATA "/sonata/spikes.h5", "--set",
           "drive.population=All"});
  EXPECT_EQ(early.status, 2);
  EXPECT_THAT(early.err, AllOf(HasSubstr("sonata/spikes.h5"), HasSubstr("0.0001 s"), HasSubstr("solver.dt")));
}

TEST_F(SynapseCommands, HelpNamesExamplesThatExist) {
  for (const char* command : {"astrocyte", "synapse", "network", "sweep"}) {
    const std::string help = run({command, "--help"}).out;
    const std::string begin = "examples/";
    int named = 0;
    for (auto at = help.find(begin); at != std::string::npos; at = help.find(begin, at + 1), ++named) {
      const std::string name = help.substr(at, help.find_first_of(" \n", at) - at);
      EXPECT_TRUE(std::filesystem::exists(TRIPARTITE_PROJECT_DATA "/../" + name)) << command << ": " << name;
    }
    EXPECT_GT(named, 0) << command;
  }
}

TEST_F(SynapseCommands, InvalidSettingsAreRejectedWithTheirKey) {
  const std::pair<std::vector<std::string>, const char*> wrong[] = {
      {{"synapse", "--set", "astrocyte.C_T=-1"}, "astrocyte.C_T"},
      {{"synapse", "--synapses", "5", "--set", "population.sizes=3,1"}, "population.sizes"},
      {{"synapse", "--set", "population.varied=O_delta each 0.5 0.6"}, "2 values for 1 populations"},
      {{"network", "--set", "population.varied=rate each 0.5 0.6"}, "population.varied"},
      {{"astrocyte", "--set", "astrocyte.K_1=0"}, "astrocyte.K_1"},
      {{"astrocyte", "--set", "inputs.kind=file"}, "inputs.spikes"},
      {{"astrocyte", "--set", "population.varied=rate uniform 1 2"}, "population.varied"},
      {{"astrocyte", "--calcium", "gchi", "--set", "astrocyte.K_1=0.2"}, "astrocyte.K_1 is not its default"},
      {{"synapse", "--calcium", "none"}, "must be one of gchi, li_rinzel"},
      {{"synapse", "--set", "li_rinzel.K_1=0.2"}, "li_rinzel.K_1 is not its default"},
      {{"synapse", "--set", "population.varied=O_delta cauchy 1 2"}, "population.varied"},
      {{"synapse", "--set", "drive.times=0,5"}, "drive.times"},
      {{"synapse", "--drive", "file"}, "drive.kind"},
      {{"synapse", "--set", "recording.fields=C,D"}, "recording.fields"},
      {{"network", "--solver", "rosenbrock"}, "solver.method"},
      {{"network", "--rule", "file"}, "connectivity.rule"},
      {{"network", "--set", "recording.fields=nu,Gama_S"}, "did you mean Gamma_S?"},
      {{"network", "--set", "recording.synapses=last 3"}, "recording.synapses"},
      {{"network", "--set", "excitatory_input.values=0,5"}, "excitatory_input.times"},
      {{"network", "--set", "excitatory_input.weight=2"}, "excitatory_input.spikes"},
      {{"sweep", "--over", "O_delta=1:0:3"}, "sweep.over"},
      {{"sweep", "--over", "none=0:1:3"}, "sweep.over"}};
  for (const auto& [arguments, key] : wrong) {
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.status, 2) << key;
    EXPECT_THAT(finished.err, HasSubstr(key));
  }
}

TEST_F(SynapseCommands, FailedRunKeepsItsPartialResults) {
  const Finished finished =
      run({"synapse", "--solver", "euler", "--dt", "0.02", "--rate", "50", "--duration", "20", "--out", "a"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("synapses 0"));
  EXPECT_EQ(summary("a")["status"], "failed");
  EXPECT_TRUE(std::filesystem::exists(file("a") / "releases.h5"));
}

TEST_F(SynapseCommands, EachPopulationHasItsParametersAndItsResults) {
  const std::vector<std::string> common{"synapse", "--duration", "30", "--rate", "2", "--set"};
  auto both = common, second = common;
  both.insert(both.end(),
              {"population.sizes=3,2", "--synapses", "5", "--set", "population.varied=alpha each 0 1", "--out", "a"});
  second.insert(second.end(), {"synapse.alpha=1", "--synapses", "2", "--out", "b"});
  ASSERT_EQ(run(both).status, 0);
  ASSERT_EQ(run(second).status, 0);
  const auto populations = summary("a")["results"]["populations"];
  ASSERT_EQ(populations.size(), 2U);
  EXPECT_EQ(populations[0]["synapses"], 3);
  EXPECT_GT(populations[1]["releases"], 0);
  EXPECT_EQ(populations[1], summary("b")["results"]["populations"][0]);
  EXPECT_EQ(populations[0]["releases"].get<int>() + populations[1]["releases"].get<int>(),
            summary("a")["results"]["releases"].get<int>());
  const auto means = io::Hdf5File::open(file("a") / "means.h5");
  const auto of_first = means.read<double>("/populations/0/r").values,
             of_second = means.read<double>("/populations/1/r").values;
  EXPECT_LT(of_first.back(),
            of_second.back());  // gliotransmitter depresses the first population and potentiates the second
  EXPECT_NEAR(means.read<double>("/mean/r").values.back(), (3 * of_first.back() + 2 * of_second.back()) / 5, 1e-12);
}

TEST_F(SynapseCommands, NetworkVariesParametersOfItsSynapses) {
  const std::vector<std::string> common{"network", "--neurons",      "10",   "--duration", "3",
                                        "--set",   "neuron.theta=0", "--set"};
  auto alike = common, both = common;
  alike.insert(alike.end(), {"astrocyte.O_delta=0.9", "--out", "a"});
  both.insert(both.end(), {"population.varied=O_delta each 0.9 0.9", "--out", "b"});
  ASSERT_EQ(run(alike).status, 0);
  ASSERT_EQ(run(both).status, 0);
  auto other = common;
  other.insert(other.end(), {"population.varied=O_delta each 0.9 0.2", "--out", "c"});
  ASSERT_EQ(run(other).status, 0);
  const auto calcium = [&](const char* directory) {
    return io::Hdf5File::open(file(directory) / "means.h5").read<double>("/mean/C").values;
  };
  // The somata use the parameters in [astrocyte], whatever parameters the processes have.
  ASSERT_EQ(calcium("b").size(), calcium("a").size());
  EXPECT_NE(calcium("b").back(), calcium("c").back());
}

TEST_F(SynapseCommands, AstrocytesOscillateWithTheInputsOfTheReference) {
  // The reference case with irregular inputs has nine calcium peaks in 100 s and calcium from 0.073 to 0.536 uM; this
  // run uses a different Poisson train with the same rate and weight.
  ASSERT_EQ(run({"astrocyte", "--config", TRIPARTITE_PROJECT_DATA "/../examples/li_rinzel.toml", "--astrocytes", "3",
                 "--out", "a"})
                .status,
            0);
  const auto results = summary("a")["results"];
  EXPECT_GE(results["crossings"], 3 * 7);
  EXPECT_LE(results["crossings"], 3 * 12);
  EXPECT_NEAR(results["highest_calcium_uM"].get<double>(), 0.536, 0.05);
  EXPECT_NEAR(results["highest_current"].get<double>(), std::log(1e3 * (0.536 - 0.19669)), 0.15);
  EXPECT_EQ(io::read_sonata_spikes(file("a") / "crossings.h5").times.size(), results["crossings"].get<std::size_t>());
}

TEST_F(SynapseCommands, SlowInwardCurrentFollowsTheThresholdOfEachAstrocyte) {
  const Finished finished = run({"astrocyte", "--config", TRIPARTITE_PROJECT_DATA "/../examples/li_rinzel.toml",
                                 "--astrocytes", "2", "--set", "population.varied=C_Theta each 10", "--out", "a"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto results = summary("a")["results"];
  EXPECT_GT(results["highest_calcium_uM"].get<double>(), 0.3);  // above the common threshold of 0.197 uM
  EXPECT_EQ(results["crossings"], 0);
  EXPECT_EQ(results["highest_current"], 0);
}

TEST_F(SynapseCommands, ReportWritesPicturesAsFiles) {
  ASSERT_EQ(run({"astrocyte", "--duration", "5", "--out", "a"}).status, 0);
  const Finished finished = run({"report", "a", "--pictures", "figures"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const std::string svg = io::read_file(file("figures") / "1-the-astrocyte.svg");
  EXPECT_THAT(svg, HasSubstr("<svg"));
  EXPECT_THAT(
      svg, AllOf(HasSubstr(">SIC</tspan><tspan dy=\"-4\">\u00a0[pA]<"), HasSubstr(">Θ</tspan><"), HasSubstr("C [µM]")));
}

TEST_F(SynapseCommands, AstrocytesRestWithoutInputs) {
  ASSERT_EQ(run({"astrocyte", "--duration", "20", "--rate", "0", "--solver", "rosenbrock", "--out", "a"}).status, 0);
  EXPECT_EQ(summary("a")["results"]["crossings"], 0);
  EXPECT_LT(summary("a")["results"]["highest_calcium_uM"], 0.1);
}

TEST_F(SynapseCommands, NetworkRepeatsARunFromItsEdges) {
  const std::vector<std::string> common{"network", "--duration", "0.5", "--neurons", "20", "--set"};
  auto first = common, second = common;
  first.insert(first.end(), {"connectivity.indegree=4", "--out", "a"});
  second.insert(second.end(), {"connectivity.edges=a/edges.h5", "--rule", "file", "--out", "b"});
  ASSERT_EQ(run(first).status, 0);
  const Finished finished = run(second);
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(summary("a")["results"], summary("b")["results"]);
  EXPECT_EQ(summary("a")["results"]["tripartite_synapses"], 80);
}

TEST_F(SynapseCommands, NetworkRejectsEdgesOfMissingNeurons) {
  const std::vector<std::string> edges{"network",
                                       "--rule",
                                       "file",
                                       "--set",
                                       "connectivity.edges=" TRIPARTITE_TEST_DATA "/sonata/edges1.h5",
                                       "--set",
                                       "connectivity.population=edges-AB",
                                       "--duration",
                                       "0.01",
                                       "--neurons"};
  auto enough = edges, too_few = edges;
  enough.insert(enough.end(), {"4", "--out", "a"});
  too_few.insert(too_few.end(), {"3", "--out", "b"});
  ASSERT_EQ(run(enough).status, 0);
  EXPECT_EQ(summary("a")["results"]["tripartite_synapses"], 6);
  const Finished finished = run(too_few);
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("edges1.h5"), HasSubstr("edge 4"), HasSubstr("population.neurons is 3")));
}

TEST_F(SynapseCommands, SweepWritesARowPerPoint) {
  const Finished finished = run({"sweep", "--duration", "20", "--transient", "5", "--dt", "0.005", "--over",
                                 "O_delta=0.3:1.2:5", "--over", "K_P=0.05:0.1:4", "--out", "a"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const std::string csv = io::read_file(file("a") / "sweep.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 5 * 4);
  EXPECT_THAT(csv, HasSubstr("O_delta,K_P,oscillation_frequency_per_s"));

  const std::string repeated = (file("a") / "config.toml").string();
  ASSERT_EQ(run({"sweep", "--config", repeated, "--out", "b"}).status, 0);
  EXPECT_EQ(io::read_file(file("b") / "sweep.csv"), csv);
}

TEST_F(SynapseCommands, SweepOfTheRateNeedsNoInitialRate) {
  const std::vector<std::string> common{"sweep", "--duration", "5",           "--transient",
                                        "1",     "--over",     "rate=0:10:3", "--rate"};
  auto with = common, without = common;
  with.insert(with.end(), {"2", "--out", "a"});
  without.insert(without.end(), {"0", "--out", "b"});
  ASSERT_EQ(run(with).status, 0);
  ASSERT_EQ(run(without).status, 0);
  EXPECT_EQ(io::read_file(file("a") / "sweep.csv"), io::read_file(file("b") / "sweep.csv"));
}

TEST_F(SynapseCommands, SayNothingOfCudaUnlessItWasAskedFor) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"synapse", "--duration", "0.1", "--out", "a"},
        {"sweep", "--duration", "1", "--transient", "1", "--over", "O_delta=0.3:0.6:2", "--out", "b"},
        {"network", "--duration", "0.1", "--out", "c"}}) {
    const Finished finished = run(command);
    ASSERT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.err, Not(HasSubstr("cuda")));
  }
}

}  // namespace
}  // namespace tripartite
