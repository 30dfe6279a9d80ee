// The program with images, tested as a separate process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "host/io/png.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string digit = TRIPARTITE_PROJECT_DATA "/images/digit.png";

class Image : public testing::Test {
 protected:
  Finished run(const std::vector<std::string>& arguments) const { return run_program(arguments, directory_.path()); }
  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(file(name), std::ios::binary) << bytes;
  }
  void refuses(const std::vector<std::string>& arguments, const std::vector<std::string>& words) const {
    const Finished finished = run(arguments);
    EXPECT_THAT(finished.status, testing::AnyOf(1, 2)) << finished.err;
    for (const std::string& word : words) EXPECT_THAT(finished.err, HasSubstr(word));
  }

  const TemporaryDirectory directory_;
};

TEST_F(Image, IsReadByBothModelsAndDrawnOn) {
  const Finished finished =
      run({"attend", "--image", digit, "--heads", "0:1,3:0", "--set", "report.studies=false", "--out", "run"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("transformer, 3 ("), HasSubstr("network")));
  const json results = json::parse(io::read_file(file("run") / "summary.json"))["results"];
  EXPECT_EQ(results["image"]["patches"], 4);
  EXPECT_EQ(results["end_to_end"]["top1_agreement"], 1.0);
  EXPECT_GT(results["end_to_end"]["network"][3].get<double>(), 0.8);
  const std::string report = io::read_file(file("run") / "report.html");
  EXPECT_THAT(report, AllOf(HasSubstr("both models give the image the same class"), HasSubstr("layer 0, head 1"),
                            HasSubstr("layer 3, head 0"), HasSubstr("src=\"data:image/png;base64,")));
}

TEST_F(Image, AreListedAfterTheSummary) {
  const Finished ten = run({"classify"});
  ASSERT_EQ(ten.status, 0) << ten.err;
  EXPECT_LT(ten.out.find("named right by the transformer"), ten.out.find("  transformer  "));
  EXPECT_THAT(ten.out, HasSubstr("... and 350 more images (--listed 360 lists all"));
  EXPECT_EQ(std::count(ten.out.begin(), ten.out.end(), '\n'), 2 + 1 + 2 * 10 + 1);
  const Finished none = run({"classify", "--listed", "0"});
  EXPECT_THAT(none.out, Not(HasSubstr("  transformer  ")));
}

TEST_F(Image, IsReadAgainFromTheEffectiveConfiguration) {
  ASSERT_EQ(
      run({"attend", "--image", digit, "--model", "linear", "--set", "report.studies=false", "--out", "run"}).status,
      0);
  const Finished again = run({"attend", "--config", "run/config.toml", "--json", "--out", "again"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(json::parse(again.out), json::parse(io::read_file(file("run") / "summary.json"))["results"]);
}

TEST_F(Image, IsClassified) {
  const Finished finished = run({"classify", digit, "--network", "--json"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json answer = json::parse(finished.out);
  EXPECT_EQ(answer["images"][0]["transformer"]["label"], "3");
  EXPECT_EQ(answer["images"][0]["network"]["label"], "3");
  EXPECT_EQ(answer["same_label"], 1.0);
}

TEST_F(Image, IsNamedWhenItCannotBeRead) {
  write("no.png", "not an image");
  write("small.png", io::png({1, 1, {1, 2, 3}}));
  const std::string whole = io::read_file(digit);
  write("cut.png", whole.substr(0, whole.size() / 2));
  std::string huge = whole;  // width and height of the header: 20000 x 20000
  for (const std::size_t at : {16, 20}) huge.replace(at, 4, std::string("\x00\x00\x4e\x20", 4));
  write("huge.png", huge);
  for (const char* name : {"no.png", "small.png", "cut.png", "huge.png", "missing.png"}) {
    refuses({"classify", name}, {name});
    refuses({"attend", "--image", name}, {name});
  }
}

TEST_F(Image, IsRejectedWhereItConflictsWithOtherOptions) {
  refuses({"attend", "--image", digit, "--text", "and a text"}, {"input.image"});
  refuses({"attend", "--image", digit, "--model", TRIPARTITE_TEST_DATA "/hf_bert"}, {"input.image", "bert"});
  refuses({"attend", "--model", TRIPARTITE_TEST_DATA "/hf_vit"}, {"--image"});
  refuses({"attend", "--image", digit, "--heads", "4:0"}, {"report.heads", "4:0"});
  refuses({"attend", "--image", digit, "--heads", "one"}, {"report.heads"});
  refuses({"attend", "--image", TRIPARTITE_PROJECT_DATA "/images/digits-heldout.npy"}, {"360 images"});
  refuses({"classify", digit, "--labels", TRIPARTITE_PROJECT_DATA "/images/digits-heldout-labels.npy"}, {"360 labels"});
  refuses({"classify", "--model", TRIPARTITE_TEST_DATA "/hf_gpt2"}, {"vit"});
}

}  // namespace
}  // namespace tripartite
