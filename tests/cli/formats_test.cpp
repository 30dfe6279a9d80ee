// docs/formats.md against what runs write: every file, every key of their results, every column; and its examples of
// input are read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/program.hpp"
#include "host/io/atomic_file.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/sonata_spikes.hpp"
#include "host/io/text_file.hpp"
#include "host/io/text_table.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/network/connectivity.hpp"

namespace tripartite {
namespace {

std::string document() { return io::read_file(TRIPARTITE_PROJECT_DATA "/../docs/formats.md"); }

/// From the line that begins a section to that of the next one.
std::string section(const std::string& title) {
  const std::string text = document();
  auto begin = text.find("\n## " + title + "\n");
  if (begin == std::string::npos) begin = text.find("\n### " + title + "\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find("\n#", begin + 1) - begin);
}

void collect_keys(const nlohmann::json& value, std::set<std::string>& keys) {
  if (value.is_array() && !value.empty()) collect_keys(value.front(), keys);
  if (!value.is_object()) return;
  for (const auto& [key, inner] : value.items()) {
    keys.insert(key);
    if (key != "final_means") collect_keys(inner, keys);  // whose keys are the states of the model
  }
}

struct Run {
  const char* command;
  std::vector<std::string> arguments;
};

class Formats : public testing::TestWithParam<Run> {};

INSTANTIATE_TEST_SUITE_P(
    CommandLine, Formats,
    testing::Values(
        Run{"attend", {"--text", "In the beginning", "--set", "astrocyte.model=gchi", "--set", "astrocyte.speed=100"}},
        Run{"synapse", {"--drive", "file", "--set", "drive.spikes=spikes.csv", "--duration", "1"}},
        Run{"astrocyte", {"--set", "inputs.kind=file", "--set", "inputs.spikes=spikes.csv", "--duration", "1"}},
        Run{"network", {"--neurons", "10", "--duration", "0.1"}},
        Run{"sweep", {"--over", "O_delta=0.3:0.6:2", "--over", "rate=1:2:2", "--duration", "1"}},
        Run{"sweep --network",
            {"--over", "O_G=0:1:2", "--over", "input.external=2:3:2", "--neurons", "10", "--transient", "0.1",
             "--seeds", "2", "--duration", "1"}},
        Run{"generate", {"--network", "--tokens", "2"}}, Run{"recall", {"--n", "40", "--k", "2"}},
        Run{"capacity", {"--n", "10,20", "--cues", "2"}},
        Run{"study", {"embedded", "--over", "heterogeneity", "--values", "0.1", "--seeds", "1", "--most", "1"}}),
    [](const auto& each) {
      std::string name = each.param.command;
      std::erase_if(name, [](char c) { return c == ' ' || c == '-'; });
      return name;
    });

TEST_P(Formats, AreAllDescribed) {
  const TemporaryDirectory directory;
  io::write_file(directory.path() / "spikes.csv", "time_s,node\n0.5,0\n");
  std::istringstream words(GetParam().command);
  std::vector<std::string> arguments{std::istream_iterator<std::string>(words), {}};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  arguments.insert(arguments.end(), {"--out", "a"});
  const Finished finished = run_program(arguments, directory.path());
  ASSERT_EQ(finished.status, 0) << finished.err;
  const std::string text = document();
  for (const auto& entry : std::filesystem::directory_iterator(directory.path() / "a")) {
    const std::string name = entry.path().filename().string();
    EXPECT_NE(text.find("`" + name + "`"), std::string::npos) << name;
    if (entry.path().extension() != ".csv") continue;
    std::istringstream lines(io::read_file(entry.path()));
    std::string line, column;
    std::getline(lines, line);
    std::istringstream columns(line);
    while (std::getline(columns, column, ','))
      if (column != "O_delta" && column != "rate" && column.find('.') == std::string::npos) {  // what was swept
        EXPECT_NE(section(name).find("`" + column + "`"), std::string::npos) << name << ": " << column;
      }
  }
  const auto summary = nlohmann::json::parse(io::read_file(directory.path() / "a" / "summary.json"));
  for (const auto& [key, value] : summary.items())
    EXPECT_NE(section("summary.json").find("`" + key + "`"), std::string::npos) << key;
  std::set<std::string> keys;
  collect_keys(summary["results"], keys);
  const std::string described = section(std::string("Results of ") + GetParam().command) +
                                section("What became of the spikes") + section("capacity.csv");
  for (const std::string& key : keys) EXPECT_NE(described.find("`" + key + "`"), std::string::npos) << key;
}

TEST(FormatsOfInput, HaveExamplesThatAreRead) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "example.csv";
  const std::string text = document(), fence = "```csv\n";
  int spikes = 0, edges = 0, values = 0;
  for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at + 1)) {
    const auto begin = at + fence.size();
    io::write_file(path, text.substr(begin, text.find("```", begin) - begin));
    if (text.compare(begin, 4, "time") == 0)
      spikes += int(io::read_spikes(path).times.size());
    else if (text.compare(begin, 6, "source") == 0)
      edges += int(network::read_edges(path).edges.size());
    else
      values += int(io::TextTable::read(path).rows());
  }
  EXPECT_GT(spikes, 0);
  EXPECT_GT(edges, 0);
  EXPECT_GT(values, 0);
}

}  // namespace
}  // namespace tripartite
