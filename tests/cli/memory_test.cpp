#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/program.hpp"
#include "host/io/atomic_file.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/npy.hpp"
#include "host/io/png.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/memory/patterns.hpp"

namespace tripartite {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

class MemoryCommands : public testing::Test {
 protected:
  Finished run(const std::vector<std::string>& arguments) const { return run_program(arguments, directory_.path()); }
  json results(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--json", "--force", "--out", "run"});
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.status, 0) << finished.err;
    return json::parse(finished.out, nullptr, false);
  }
  std::string complaint(const std::vector<std::string>& arguments, int status) const {
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.status, status) << finished.err;
    return finished.err;
  }
  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }

  const TemporaryDirectory directory_;
};

using Recall = MemoryCommands;
using Capacity = MemoryCommands;

TEST_F(Recall, RecallsEveryMemory) {
  const json found = results({"recall", "--n", "80", "--k", "6"});
  EXPECT_EQ(found["recalled_fraction"], 1.0);
  EXPECT_THAT(found["wrong_signs"], AllOf(testing::SizeIs(6), Each(0)));
  EXPECT_THAT(found["wrong_signs_of_cue"], Each(8));
  for (const json& overlap : found["overlap"]) EXPECT_GT(overlap.get<double>(), 0.99);
  for (const json& steps : found["steps"]) EXPECT_LT(steps.get<int>(), 1000);  // settled earlier
  EXPECT_THAT(found["settled"], Each(true));
  EXPECT_LT(found["energy_rise_max"].get<double>(), 1e-6);  // float32
}

TEST_F(Recall, CorrectsNoFlipWithoutCoupling) {
  const json found = results({"recall", "--n", "80", "--k", "6", "--kappa", "0"});
  EXPECT_EQ(found["recalled_fraction"], 0.0);
  EXPECT_THAT(found["wrong_signs"], Each(8));
}

TEST_F(Recall, TutorialNeedsNoCouplingAfterItsStart) {
  const json found = results({"recall", "--n", "80", "--k", "6", "--regime", "warm"});
  EXPECT_EQ(found["recalled_fraction"], 1.0);
  EXPECT_EQ(found["memory_weight"], 1.0);
}

TEST_F(Recall, IsRepeatedByItsConfiguration) {
  const json first = results({"recall", "--n", "60", "--k", "90", "--kind", "noise", "--corruption", "0.7"});
  std::filesystem::copy(file("run/config.toml"), file("config.toml"));
  EXPECT_EQ(results({"recall", "--config", "config.toml"}), first);
}

TEST_F(Recall, StoresImagesAndShowsThem) {
  for (const int image : {0, 1, 2}) {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < 24 * 24; ++i) pixels.push_back(std::uint8_t((i * i * (image + 3) + i * 37) % 251));
    io::write_file(file(std::to_string(image) + ".png"), io::png(24, 24, pixels));
  }
  const json found = results({"recall", "0.png", "1.png", "2.png", "--side", "12", "--kind", "occlude", "--corruption",
                              "0.25", "--kappa", "6N"});
  EXPECT_EQ(found["neurons"], 144);
  EXPECT_THAT(found["images"], ElementsAre("0.png", "1.png", "2.png"));
  EXPECT_EQ(found["recalled_fraction"], 1.0);
  const std::string page = io::read_file(file("run/report.html"));
  EXPECT_THAT(page, AllOf(HasSubstr("3 of 3 memories recalled"), HasSubstr("25\u00a0% occluded"), HasSubstr("1.png")));
  const io::Hdf5File file_of_run = io::Hdf5File::open(file("run/recall.h5"));
  const auto begin = file_of_run.read<double>("/states/begin");
  EXPECT_THAT(begin.shape, ElementsAre(3, 144));
  for (std::size_t i = 108; i < 144; ++i) ASSERT_EQ(begin.values[i], -1);  // the lower quarter is dark
}

TEST_F(Recall, ReadsPatternsFromNumpy) {
  const auto patterns = memory::Patterns::random(90, 4, 5);
  std::vector<float> zeros_and_ones;
  for (int mu = 0; mu < 4; ++mu)
    for (int i = 0; i < 90; ++i) zeros_and_ones.push_back(patterns.is_positive(i, mu) ? 1.0F : 0.0F);
  io::write_npy<float>(file("p.npy"), {4, 9, 10}, zeros_and_ones);
  EXPECT_EQ(results({"recall", "--patterns", "p.npy"})["recalled_fraction"], 1.0);
  const auto stored = io::Hdf5File::open(file("run/recall.h5")).read<double>("/states/pattern");
  for (std::size_t i = 0; i < stored.values.size(); ++i) ASSERT_EQ(stored.values[i], zeros_and_ones[i] * 2 - 1);

  zeros_and_ones[95] = 0.5F;
  io::write_npy<float>(file("bad.npy"), {4, 90}, zeros_and_ones);
  EXPECT_THAT(complaint({"recall", "--patterns", "bad.npy"}, 1),
              AllOf(HasSubstr("bad.npy"), HasSubstr("value 0.5 of pattern 1, neuron 5: must be 0 or 1")));
  io::write_npy<float>(file("flat.npy"), {360}, zeros_and_ones);
  EXPECT_THAT(complaint({"recall", "--patterns", "flat.npy"}, 1),
              HasSubstr("1 dimensions; expected patterns x neurons"));
}

TEST_F(Recall, ReportsInsufficientMemoryBeforeAllocating) {
  const std::string words = complaint({"recall", "--n", "2000000", "--k", "1", "--out", "refused"}, 1);
  EXPECT_THAT(words, AllOf(HasSubstr("of 2000000 neurons, 1 pattern and 1 cue: needs 299"),
                           HasSubstr(" GiB of memory, "), HasSubstr("patterns.n")));
  EXPECT_FALSE(std::filesystem::exists(file("refused")));
}

TEST_F(Recall, RejectsPatternsBeyondMemory) {
  EXPECT_THAT(complaint({"recall", "--n", "1000000", "--k", "2000000000"}, 1),
              AllOf(HasSubstr("needs 232831 GiB of memory"), HasSubstr("patterns.k")));
}

TEST_F(Recall, RejectsBadInput) {
  EXPECT_THAT(complaint({"recall", "absent.png"}, 1), HasSubstr("absent.png"));
  EXPECT_THAT(complaint({"recall", "--corruption", "2"}, 2), HasSubstr("cue.corruption"));
  EXPECT_THAT(complaint({"recall", "--kappa", "much"}, 2), HasSubstr("process.memory_weight"));
  EXPECT_THAT(complaint({"recall", "--n", "0"}, 2), HasSubstr("patterns.n"));
}

/// The lines of capacity.csv, sorted.
std::vector<std::string> sorted_cells(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::istringstream text(io::read_file(path));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_F(Capacity, StoresMoreThanAHopfieldNetworkAndResumes) {
  const std::vector<std::string> study{"capacity", "--n", "24,40", "--k", "2,4,8,16,32,64,128,256,512",
                                       "--seeds",  "1,2"};
  const json found = results(study);
  ASSERT_EQ(found["loads"].size(), 4U);
  for (std::size_t i : {0U, 1U}) {
    EXPECT_EQ(found["loads"][i]["network"], "astrocyte");
    EXPECT_GT(found["loads"][i]["k_max"].get<double>(), 2 * found["loads"][i + 2]["k_max"].get<double>());
  }
  EXPECT_GT(found["laws"][0]["exponent"].get<double>(), found["laws"][1]["exponent"].get<double>());
  EXPECT_THAT(io::read_file(file("run/report.html")), AllOf(HasSubstr("<svg"), HasSubstr("K_max")));

  // A study interrupted after a third of its cells and resumed ends with the same cells.
  const auto whole = sorted_cells(file("run/capacity.csv"));
  std::string csv = io::read_file(file("run/capacity.csv"));
  io::write_file(file("run/capacity.csv"), csv.substr(0, csv.find('\n', csv.size() / 3) + 1));
  ASSERT_EQ(run({"capacity", "--resume", "run"}).status, 0);
  EXPECT_EQ(sorted_cells(file("run/capacity.csv")), whole);

  // More seeds extend the study; another network is rejected.
  const Finished more = run({"capacity", "--resume", "run", "--seeds", "1,2,3"});
  EXPECT_EQ(more.status, 0) << more.err;
  EXPECT_GT(sorted_cells(file("run/capacity.csv")).size(), whole.size());
  EXPECT_THAT(complaint({"capacity", "--resume", "run", "--kappa", "0"}, 2), HasSubstr("cannot change"));
  EXPECT_THAT(complaint({"capacity", "--resume", "absent"}, 1), HasSubstr("absent"));
  io::write_file(file("run/capacity.csv"), csv + "astrocyte,24,2,1,4,5,0\n");
  EXPECT_THAT(complaint({"capacity", "--resume", "run"}, 1), HasSubstr("capacity.csv: line"));
}

}  // namespace
}  // namespace tripartite
