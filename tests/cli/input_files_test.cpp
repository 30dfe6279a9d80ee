// Files that runs read and write, held to what stands in them: times, units, numbers of nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "host/io/atomic_file.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class InputFiles : public testing::Test {
 protected:
  Finished run(const std::vector<std::string>& arguments) const { return run_program(arguments, directory_.path()); }
  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  void write(const std::string& name, const std::string& contents) const { io::write_file(file(name), contents); }
  json results(const std::string& run) const {
    return json::parse(io::read_file(file(run) / "summary.json"))["results"];
  }
  io::Hdf5File opened(const std::string& run, const std::string& name) const {
    return io::Hdf5File::open(file(run) / name);
  }
  /// Spikes every 7 s, given in s in a file that names no unit.
  void write_spikes_without_unit() const {
    std::vector<double> times;
    for (int k = 1; k <= 8; ++k) times.push_back(7.0 * k);
    io::Hdf5File spikes = io::Hdf5File::create(file("in.h5"));
    spikes.write<double>("/spikes/inputs/timestamps", {times.size()}, times);
    spikes.write<std::uint64_t>("/spikes/inputs/node_ids", {times.size()}, std::vector<std::uint64_t>(times.size(), 0));
    spikes.commit();
  }
  const TemporaryDirectory directory_;
};

TEST_F(InputFiles, SaysWhichUnitWasTakenAndDoubtsIt) {
  write_spikes_without_unit();
  const Finished finished = run({"synapse", "--drive", "file", "--set", "drive.spikes=in.h5", "--out", "a"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr("in.h5: 8 spikes read, 8 delivered, 0 ignored; times are in ms, as SONATA "
                              "has it where a file names no unit"),
                    HasSubstr("warning: in.h5: all spikes are in the first percent of the run, from 0.007 "
                              "to 0.056 s of 60 s; if their times are in s, give timestamps the attribute "
                              "units = \"s\"")));
  const json spikes = results("a")["spikes"];
  EXPECT_EQ(spikes["unit"], "ms");
  EXPECT_EQ(spikes["unit_is_given"], false);
  const Finished fitting = run({"synapse", "--drive", "file", "--set", "drive.spikes=in.h5", "--duration", "1"});
  EXPECT_THAT(fitting.err, AllOf(HasSubstr("8 delivered"), Not(HasSubstr("warning"))));
}

TEST_F(InputFiles, CountsSpikesThatNobodyHears) {
  write("in.csv", "time_s,node\n0.1,0\n0.2,1\n0.3,2\n0.4,5\n0.5,1\n1.5,1\n2,0\n");
  const std::pair<const char*, const char*> commands[] = {{"synapse", "drive"}, {"astrocyte", "inputs"}};
  for (const auto& [command, section] : commands) {
    const Finished finished =
        run({command, "--set", std::string(section) + ".kind=file", "--set", std::string(section) + ".spikes=in.csv",
             "--set", std::string("population.") + command + "s=2", "--duration", "1", "--out", command});
    ASSERT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.err,
                HasSubstr("in.csv: 7 spikes read, 3 delivered, 4 ignored; 2 are of nodes that do not exist here: the "
                          "file has nodes up to 5, the run has 0 to 1; 2 are after the end of the run at 1 s; times "
                          "are in s"));
    const json spikes = results(command)["spikes"];
    EXPECT_EQ(spikes["read"], 7);
    EXPECT_EQ(spikes["delivered"], 3);
    EXPECT_EQ(spikes["of_absent_nodes"], 2);
    EXPECT_EQ(spikes["after_the_end"], 2);
  }
}

TEST_F(InputFiles, RefusesOptionsThatTheDriveDoesNotUse) {
  write("in.csv", "time_s,node\n0.1,0\n");
  const std::vector<std::string> drive{"synapse", "--drive", "file", "--set", "drive.spikes=in.csv"},
      poisson{"synapse", "--drive", "poisson"}, rate{"synapse"},
      inputs{"astrocyte", "--set", "inputs.kind=file", "--set", "inputs.spikes=in.csv"};
  const std::tuple<std::vector<std::string>, std::vector<std::string>, const char*> refused[] = {
      {drive, {"--rate", "3"}, "--rate: drive.rates = [3.0]: is not used with drive.kind = file"},
      {drive, {"--rate", "5"}, "drive.rates = [5.0]: is not used"},  // the default, but given
      {drive, {"--set", "drive.frequency=1"}, "drive.frequency"},
      {drive, {"--set", "drive.trains=2"}, "drive.trains"},
      {poisson, {"--set", "drive.population=a"}, "drive.population = \"a\": is not used with drive.kind = poisson"},
      {rate, {"--set", "drive.trains=2"}, "drive.trains = 2: is not used with drive.kind = rate"},
      {rate, {"--set", "drive.biases=0.5"}, "is not used with astrocyte.exogenous_ip3 = false"},
      {inputs, {"--rate", "3"}, "inputs.rate = 3.0: is not used with inputs.kind = file"},
      {{"astrocyte"}, {"--weight", "3", "--set", "inputs.weights=1,2"}, "inputs.weight = 3.0: is not used"}};
  for (const auto& [command, options, words] : refused) {
    auto arguments = command;
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.status, 2) << words;
    EXPECT_THAT(finished.err, HasSubstr(words));
  }
  auto accepted = drive;
  accepted.insert(accepted.end(), {"--duration", "1", "--out", "a"});
  ASSERT_EQ(run(accepted).status, 0);
  EXPECT_EQ(run({"synapse", "--config", "a/config.toml", "--out", "b"}).status, 0);  // which has all keys
}

TEST_F(InputFiles, TheSameSpikesAreTheSameInEveryFormat) {
  write("s.csv", "time_s,node\n0.5,1\n1.25,0\n2,1\n");
  write("ms.txt", "# sender time_ms\nsender time_ms\n1 500\n0 1250\n1 2000\n");
  for (const char* group : {"/spikes/inputs", "/spikes"}) {
    io::Hdf5File spikes = io::Hdf5File::create(file(group == std::string("/spikes") ? "flat.h5" : "sonata.h5"));
    spikes.write<double>(std::string(group) + "/timestamps", {3}, std::vector{500.0, 1250.0, 2000.0});
    spikes.write<std::uint64_t>(std::string(group) + "/node_ids", {3}, std::vector<std::uint64_t>{1, 0, 1});
    spikes.commit();
  }
  std::vector<std::vector<float>> traces;
  for (const char* name : {"s.csv", "ms.txt", "flat.h5", "sonata.h5"}) {
    const Finished finished =
        run({"synapse", "--synapses", "2", "--drive", "file", "--set", std::string("drive.spikes=") + name,
             "--duration", "3", "--set", "recording.fields=u", "--out", std::string("run-") + name});
    ASSERT_EQ(finished.status, 0) << finished.err;
    traces.push_back(opened(std::string("run-") + name, "recordings.h5").read<float>("/report/u/data").values);
    EXPECT_EQ(traces.back(), traces.front()) << name;
  }
  // u is 0 until the first spike, which acts at the end of the step that ends at its time: frames are 10 ms apart.
  const auto& u = traces.front();
  EXPECT_THAT(std::vector<float>(u.begin(), u.begin() + 2 * 50), Each(0.0F));
  EXPECT_GT(u[2 * 50 + 1], 0.5F);
  EXPECT_EQ(u[2 * 124], 0.0F);
  EXPECT_GT(u[2 * 125], 0.5F);
  write("bad.csv", "time_s,node\n0.5,1\n1.25;0\n");
  const Finished bad = run({"synapse", "--drive", "file", "--set", "drive.spikes=bad.csv"});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.err, HasSubstr("tripartite: bad.csv: line 3: 1 values, expected one for each of 2 columns"));
}

TEST_F(InputFiles, VariedParametersAreColumnsOfATable) {
  write("table.csv", "C_T,O_delta,mine\n1,0,0\n1,0,0\n1,0.9,0.9\n1,0,0\n");
  write("column.txt", "strength\n0\n0\n0.9\n0\n");
  write("bare.txt", "0, 0\n0.9\n0\n");
  const auto with = [&](const std::string& list, const std::string& out) {
    return run({"synapse", "--synapses", "4", "--duration", "20", "--rate", "2", "--set",
                "population.varied=O_delta list " + list, "--out", out});
  };
  for (const char* list : {"table.csv", "table.csv mine", "column.txt", "bare.txt"}) {
    const std::string out = std::string("run of ") + list;
    const Finished finished = with(list, out);
    ASSERT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(results(out)["final_means"], results("run of table.csv")["final_means"]) << list;
  }
  write("other.csv", "a,b\n1,2\n");
  EXPECT_THAT(with("other.csv", "x").err,
              HasSubstr("other.csv: line 1: expected the names of the columns, among them O_delta"));
  EXPECT_THAT(with("table.csv yours", "x").err, HasSubstr("among them yours"));
  write("short.csv", "O_delta\n1\n2\n");
  EXPECT_THAT(with("short.csv", "x").err, HasSubstr("2 values for 4 synapses"));
}

TEST_F(InputFiles, NetworksHaveTheNeuronsOfTheirEdges) {
  write("edges.csv", "source,target,J,astrocyte\n0,1,0.5,-1\n1,6,0.5,0\n6,0,-0.5,3\n");
  const std::vector<std::string> network{"network",    "--rule", "file", "--set", "connectivity.edges=edges.csv",
                                         "--duration", "0.1",    "--out"};
  auto with = network;
  with.insert(with.end(), {"a"});
  const Finished finished = run(with);
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(results("a")["neurons"], 7);
  EXPECT_EQ(results("a")["bare_synapses"], 1);
  EXPECT_EQ(results("a")["tripartite_synapses"], 2);
  const auto edges = opened("a", "edges.h5");
  EXPECT_THAT(edges.read<std::uint64_t>("/edges/neurons_to_neurons/source_node_id").values, ElementsAre(0, 1, 6));
  EXPECT_THAT(edges.read<std::uint64_t>("/edges/neurons_to_neurons/target_node_id").values, ElementsAre(1, 6, 0));
  EXPECT_THAT(edges.read<double>("/edges/neurons_to_neurons/0/J").values, ElementsAre(0.5, 0.5, -0.5));
  EXPECT_THAT(edges.read<std::int64_t>("/edges/neurons_to_neurons/0/astrocyte").values, ElementsAre(-1, 0, 3));
  auto more = network, fewer = network;
  more.insert(more.end(), {"b", "--neurons", "9"});
  fewer.insert(fewer.end(), {"c", "--neurons", "6"});
  EXPECT_EQ(run(more).status, 0);
  EXPECT_EQ(results("b")["neurons"], 9);
  EXPECT_THAT(run(fewer).err, HasSubstr("edge 1 is of node 6: population.neurons is 6"));
  // The edges of a run know how many neurons it had, also those without edges.
  EXPECT_EQ(
      run({"network", "--rule", "file", "--set", "connectivity.edges=b/edges.h5", "--duration", "0.1", "--out", "d"})
          .status,
      0);
  EXPECT_EQ(results("d")["neurons"], 9);
}

// Releases and crossings in their files, against calcium in the frames of the same run: both in ms.
TEST_F(InputFiles, EventsAreOfTheElementAndTheTimeWhereCalciumRises) {
  write("threshold.csv", "1000,1000,0.3,1000\n");  // [uM] of calcium, which only one of them reaches
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"synapse", "--synapses", "4", "--rate", "2", "--set", "recording.synapses=0"}, "releases.h5"},
      {{"astrocyte", "--astrocytes", "4", "--set", "recording.astrocytes=0", "--set", "recording.interval=0.01"},
       "crossings.h5"}};
  const std::uint64_t element = 2;
  const double threshold = 0.3;
  for (const auto& [command, name] : cases) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--duration", "60", "--set", "population.varied=C_Theta list threshold.csv",
                                       "--out", command[0]});
    const Finished finished = run(arguments);
    ASSERT_EQ(finished.status, 0) << finished.err;
    const auto events = opened(command[0], name);
    const std::string group = "/spikes/" + command[0] + 's';
    const auto times = events.read<double>(group + "/timestamps").values;
    EXPECT_THAT(events.read<std::uint64_t>(group + "/node_ids").values, Each(element));
    const auto recorded = opened(command[0], "recordings.h5");
    EXPECT_THAT(recorded.read<std::uint64_t>("/report/C/mapping/node_ids").values, ElementsAre(0, 1, 2, 3));
    const auto calcium = recorded.read<float>("/report/C/data").values;
    const double interval = recorded.read<double>("/report/C/mapping/time").values.at(2);
    std::vector<double> rises;  // ends of the intervals between frames in which calcium crosses the threshold
    for (std::size_t frame = 1; 4 * frame < calcium.size(); ++frame)
      if (calcium[4 * (frame - 1) + element] < threshold && calcium[4 * frame + element] >= threshold)
        rises.push_back(double(frame) * interval);
    ASSERT_EQ(times.size(), rises.size());
    ASSERT_GT(times.size(), 0U);
    for (std::size_t k = 0; k < times.size(); ++k) {
      EXPECT_GT(times[k], rises[k] - interval - 1e-6);
      EXPECT_LE(times[k], rises[k] + 1e-6);
    }
  }
}

// As floating-point numbers, 6e-4 / 1e-4 is less than 6.
TEST_F(InputFiles, FramesAreAsFarApartAsWasAskedFor) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"synapse"}, "C"}, {{"network", "--neurons", "10"}, "nu"}, {{"astrocyte"}, "C"}};
  for (const auto& [command, field] : cases) {
    auto arguments = command;
    arguments.insert(arguments.end(),
                     {"--dt", "1e-4", "--duration", "0.0061", "--set", "recording.interval=6e-4", "--out", command[0]});
    const Finished finished = run(arguments);
    ASSERT_EQ(finished.status, 0) << finished.err;
    const auto recorded = opened(command[0], "recordings.h5");
    const auto time = recorded.read<double>("/report/" + std::string(field) + "/mapping/time").values;
    EXPECT_NEAR(time.at(2), 0.6, 1e-9) << command[0];
    EXPECT_EQ(recorded.read<float>("/report/" + std::string(field) + "/data").shape.at(0), 11U) << command[0];
  }
}

TEST_F(InputFiles, RecordingsOfAttentionNameTheElementsThatTheyAreOf) {
  const Finished finished = run({"attend", "--text", "In the beginning", "--model", "linear", "--precision", "float64",
                                 "--set", "recording.fields=output", "--set", "recording.heads=1:2,2:0", "--set",
                                 "recording.indices=3,17", "--set", "recording.interval=0.1", "--out", "a"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto recorded = opened("a", "recordings.h5");
  const std::size_t heads = 4, width = 32;
  const std::vector<std::size_t> head_of_model{1 * heads + 2, 2 * heads + 0}, index{3, 17};
  EXPECT_THAT(recorded.read<std::uint64_t>("/report/output/mapping/node_ids").values,
              ElementsAre(head_of_model[0] * width + 3, head_of_model[0] * width + 17, head_of_model[1] * width + 3,
                          head_of_model[1] * width + 17));
  EXPECT_THAT(recorded.read<std::uint32_t>("/report/output/mapping/element_ids").values, ElementsAre(0, 0, 0, 0));
  const auto data = recorded.read<float>("/report/output/data");
  const auto attention = opened("a", "attention.h5");
  for (std::size_t column = 0; column < 4; ++column) {
    const std::size_t head = head_of_model[column / 2];
    const auto network = attention.read<double>("/layers/" + std::to_string(head / heads) + "/network");
    // A token takes 0.7 s: every seventh frame is the end of its read, which is the sample.
    for (std::size_t token = 0; token < network.shape[0]; ++token)
      EXPECT_NEAR(data.values.at((7 * (token + 1) - 1) * 4 + column),
                  network.values[(token * heads + head % heads) * width + index[column % 2]], 1e-5);
  }
}

}  // namespace
}  // namespace tripartite
