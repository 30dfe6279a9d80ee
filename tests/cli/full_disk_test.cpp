// Every command that writes HDF5, on a disk that gets full: here by a limit to the size of files, which needs no
// rights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/text_file.hpp"
#include "io/file_size_limit.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Case {
  const char* name;
  rlim_t largest;  // [KiB] of a file
  std::vector<std::string> arguments;
  std::string fails;              // the file that gets too large
  std::vector<std::string> kept;  // what the run directory has
};

class FullDisk : public testing::TestWithParam<Case> {
 protected:
  std::filesystem::path file(const std::string& name) const { return directory_.path() / "a" / name; }
  const TemporaryDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(
    CommandLine, FullDisk,
    testing::Values(Case{"synapse",
                         700,
                         {"synapse", "--synapses", "300", "--duration", "10", "--set", "recording.synapses=0"},
                         "recordings.h5",
                         {"recordings.h5", "releases.h5", "means.h5"}},
                    Case{"network",
                         700,
                         {"network", "--duration", "30", "--set", "recording.elements=0", "--set",
                          "recording.interval=0.01"},
                         "recordings.h5",
                         {"recordings.h5", "releases.h5", "means.h5", "edges.h5"}},
                    Case{"astrocyte",
                         700,
                         {"astrocyte", "--astrocytes", "300", "--duration", "50", "--set", "recording.astrocytes=0",
                          "--set", "recording.interval=0.02"},
                         "recordings.h5",
                         {"recordings.h5", "crossings.h5"}},
                    Case{"attend",
                         250,
                         {"attend", "--text", "In the beginning God created the heaven and the earth.", "--set",
                          "recording.interval=0.1"},
                         "attention.h5",
                         {"recordings.h5"}},
                    Case{"recall", 100, {"recall", "--set", "run.checkpoint_interval=0"}, "recall.h5", {}},
                    Case{"journal", 100, {"recall"}, "journal.bin", {}}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(FullDisk, IsOneClearErrorThatLosesNothingWritten) {
  auto arguments = GetParam().arguments;
  arguments.insert(arguments.end(), {"--out", "a"});
  Finished finished;
  {
    const FileSizeLimit limit(GetParam().largest * 1024);
    finished = run_program(arguments, directory_.path());
  }
  EXPECT_EQ(finished.status, 1);
  const std::string expected = "\ntripartite: a/" + GetParam().fails + ": cannot be written: File too large\n";
  EXPECT_TRUE(("\n" + finished.err).ends_with(expected)) << finished.err;
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr("what was finished is in a"), Not(HasSubstr("HDF5")), Not(HasSubstr("errno"))));
  const auto summary = nlohmann::json::parse(io::read_file(file("summary.json")));
  EXPECT_EQ(summary["status"], "failed");
  EXPECT_TRUE(summary["results"].is_object() && !summary["results"].empty());
  EXPECT_TRUE(std::filesystem::exists(file("report.html")));
  std::vector<std::string> h5;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path() / "a"))
    if (entry.path().extension() == ".h5" || entry.path().extension() == ".partial")
      h5.push_back(entry.path().filename().string());
  EXPECT_THAT(h5, testing::UnorderedElementsAreArray(GetParam().kept));
  for (const std::string& name : h5) EXPECT_FALSE(io::Hdf5File::open(file(name)).names("/").empty()) << name;
}

TEST(FullDiskOfSynapses, KeepsTheFramesOfAllFieldsUntilThen) {
  const TemporaryDirectory directory;
  {
    const FileSizeLimit limit(700 * 1024);
    run_program({"synapse", "--synapses", "300", "--duration", "30", "--set", "recording.synapses=0", "--set",
                 "recording.fields=C,u", "--out", "a"},
                directory.path());
  }
  const auto recordings = io::Hdf5File::open(directory.path() / "a" / "recordings.h5");
  std::vector<std::size_t> frames;
  for (const std::string field : {"C", "u"}) {
    const auto shape = recordings.read<float>("/report/" + field + "/data").shape;
    EXPECT_EQ(shape.at(1), 300U);
    EXPECT_EQ(recordings.read<double>("/report/" + field + "/mapping/time").values.at(1), 10.0 * double(shape.at(0)));
    frames.push_back(shape.at(0));
  }
  EXPECT_GT(frames[0], 100U);
  EXPECT_LE(std::max(frames[0], frames[1]) - std::min(frames[0], frames[1]),
            109U);  // at most one chunk apart: 64 Ki values of two fields
}

}  // namespace
}  // namespace tripartite
