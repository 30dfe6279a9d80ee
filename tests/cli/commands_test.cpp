#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Commands : public testing::Test {
 protected:
  Finished run(const std::vector<std::string>& arguments) const { return run_program(arguments, directory_.path()); }
  const TemporaryDirectory directory_;
};

using Verify = Commands;
using Generate = Commands;
using Report = Commands;

const std::string data = TRIPARTITE_TEST_DATA;

TEST_F(Verify, PassesTheReferenceCases) {
  const Finished finished = run({"verify", data + "/a_elu1_bi", data + "/hf_gpt2", "--json"});
  EXPECT_EQ(finished.status, 0) << finished.out;
  const json rows = json::parse(finished.out);
  ASSERT_GT(rows.size(), 10U);
  for (const json& row : rows) {
    EXPECT_TRUE(row["pass"].get<bool>()) << row;
    EXPECT_LE(row["error"].get<double>(), row["tolerance"].get<double>());
    EXPECT_TRUE(row.contains("case") && row.contains("solver") && row.contains("variable"));
  }
}

TEST_F(Verify, FailsACaseThatIsOffByAThousandth) {
  const std::filesystem::path altered = directory_.path() / "altered";
  std::filesystem::copy(data + "/a_elu1_bi", altered);
  json meta = json::parse(io::read_file(altered / "meta.json"));
  meta["parameters"]["tau_hebbian"] = meta["parameters"].at("tau_hebbian").get<double>() * 1.001;
  std::ofstream(altered / "meta.json") << meta;
  const Finished finished = run({"verify", altered.string()});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.out, HasSubstr("FAIL"));
}

TEST_F(Verify, NamesACaseOfAnUnknownModel) {
  std::filesystem::create_directory(directory_.path() / "z_unknown");
  std::ofstream(directory_.path() / "z_unknown" / "meta.json") << R"({"model": "Z"})";
  const Finished finished = run({"verify", "z_unknown"});
  EXPECT_EQ(finished.status, 1) << "nothing was compared";
  EXPECT_THAT(finished.err, AllOf(HasSubstr("skipped z_unknown"), HasSubstr("no model Z"), HasSubstr("0 comparisons"),
                                  HasSubstr("1 case skipped"), HasSubstr("FAILED: nothing was compared")));
}

TEST_F(Verify, NamesTheModelThatACaseNeeds) {
  const Finished finished = run({"verify", data + "/minilm", "--encoder", "nowhere"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("skipped minilm: needs the model all-MiniLM-L6-v2, which is not in nowhere"));
}

TEST_F(Verify, ComparesTheModelsInsideTheProgram) {
  const Finished finished = run({"verify", data + "/digits", data + "/kjv-softmax", data + "/kjv-linear", "--json"});
  EXPECT_EQ(finished.status, 0) << finished.out;
  const json rows = json::parse(finished.out);
  EXPECT_EQ(rows.size(), 6U);
  for (const char* precision : {"float32", "float64"})
    EXPECT_EQ(run({"verify", data + "/digits", "--precision", precision}).status, 0) << precision;
}

TEST_F(Verify, FailsALanguageModelThatIsNotTheExpectedOne) {
  const std::filesystem::path other = directory_.path() / "other";
  std::filesystem::copy(data + "/kjv-softmax", other);
  json expected = json::parse(io::read_file(other / "expected.json"));
  expected["model"] = "kjv-linear";
  std::ofstream(other / "expected.json") << expected;
  const Finished finished = run({"verify", other.string()});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.out, HasSubstr("FAIL"));
}

TEST_F(Verify, ReportsACaseThatItCannotReadAndGoesOn) {
  const std::filesystem::path cases = directory_.path() / "cases";
  std::filesystem::create_directories(cases / "a_broken");
  std::ofstream(cases / "a_broken" / "meta.json") << R"({"model": "A")";
  std::filesystem::create_directories(cases / "b_incomplete");
  std::ofstream(cases / "b_incomplete" / "meta.json") << R"({"model": "C", "drive": "rate"})";
  std::filesystem::copy(data + "/li_rinzel_pulse", cases / "c_whole");

  const Finished printed = run({"verify", "cases"});
  EXPECT_EQ(printed.status, 1);
  EXPECT_THAT(printed.out, AllOf(HasSubstr("a_broken"), HasSubstr("meta.json: is not JSON"), HasSubstr("b_incomplete"),
                                 HasSubstr("not found"), HasSubstr("pass")));
  EXPECT_THAT(printed.err, HasSubstr("2 could not be compared"));

  const Finished finished = run({"verify", "cases", "--json"});
  EXPECT_EQ(finished.status, 1);
  const json rows = json::parse(finished.out);
  ASSERT_GT(rows.size(), 3U);
  EXPECT_EQ(rows[0]["case"], "a_broken");
  EXPECT_FALSE(rows[0]["pass"].get<bool>());
  EXPECT_THAT(rows[0]["message"].get<std::string>(), HasSubstr("meta.json: is not JSON"));
  EXPECT_EQ(rows[1]["case"], "b_incomplete");
  for (std::size_t i = 2; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i]["case"], "c_whole");
    EXPECT_TRUE(rows[i]["pass"].get<bool>()) << rows[i];
  }
}

TEST_F(Verify, RejectsDirectoriesThatAreNotCases) {
  EXPECT_EQ(run({"verify"}).status, 2);
  EXPECT_EQ(run({"verify", "absent"}).status, 1);
  EXPECT_EQ(run({"verify", "."}).status, 1);
  EXPECT_EQ(run({"verify", data, "--precision", "float16"}).status, 2);
}

TEST_F(Generate, WritesTheSameTextWithTheNetworkAsWithTheTransformer) {
  const std::vector<std::string> common{
      "generate", "--prompt", "And the king said", "--tokens", "8",     "--temperature", "0.7",
      "--seed",   "5",        "--precision",       "float64",  "--json"};
  std::vector<std::string> integrated = common;
  integrated.emplace_back("--network");
  const Finished plain = run(common), network = run(integrated);
  ASSERT_EQ(plain.status, 0) << plain.err;
  ASSERT_EQ(network.status, 0) << network.err;
  const json transformer_text = json::parse(plain.out), network_text = json::parse(network.out);
  EXPECT_EQ(transformer_text["ids"].size(), 8U);
  EXPECT_EQ(transformer_text["ids"], network_text["ids"]);
  EXPECT_EQ(transformer_text["simulated_seconds"], 0.0);
  EXPECT_GT(network_text["simulated_seconds"].get<double>(), 1.0);
}

TEST_F(Generate, PrintsThePromptAndItsContinuation) {
  const Finished finished = run({"generate", "--prompt", "In the beginning", "--tokens", "3", "--temperature", "0"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, StartsWith("In the beginning"));
  EXPECT_GT(finished.out.size(), std::string("In the beginning\n").size());
}

TEST_F(Generate, RejectsBadInput) {
  EXPECT_EQ(run({"generate", "--tokens", "0"}).status, 2);
  EXPECT_EQ(run({"generate", "--tokens", "100000"}).status, 2);
  EXPECT_EQ(run({"generate", "--prompt", ""}).status, 2);
  EXPECT_EQ(run({"generate", "--temperature", "-1"}).status, 2);
  EXPECT_EQ(run({"generate", "--model", "absent"}).status, 1);
  EXPECT_EQ(run({"generate", "--model", data + "/hf_bert"}).status, 2);
}

TEST_F(Report, RejectsDirectoriesThatAreNotRuns) {
  EXPECT_EQ(run({"report"}).status, 2);
  const Finished finished = run({"report", "absent"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.out, IsEmpty());
  EXPECT_THAT(finished.err, HasSubstr("absent"));
}

TEST_F(Report, IsRewritten) {
  ASSERT_EQ(run({"attend", "--text", "Let there be light", "--out", "run"}).status, 0);
  const auto page = directory_.path() / "run" / "report.html";
  const std::string before = io::read_file(page);
  std::filesystem::remove(page);
  const Finished finished = run({"report", "run"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("run/report.html"));
  EXPECT_EQ(io::read_file(page), before);
}

}  // namespace
}  // namespace tripartite
