#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include "host/verify/verify.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::verify {
namespace {

std::filesystem::path case_directory(const std::string& name) {
  return std::filesystem::path(TRIPARTITE_TEST_DATA) / name;
}

class AttentionCase : public testing::TestWithParam<std::tuple<const char*, Precision, Backend>> {};

TEST_P(AttentionCase, AgreesWithTheReferenceInEveryVariableOfEverySolver) {
  const auto [name, precision, backend] = GetParam();
  if (const auto reason = why_unavailable(backend); !reason.empty()) GTEST_SKIP() << reason;
  std::set<std::string> solvers;
  const auto rows = verify_attention_case(case_directory(name), precision, backend);
  for (const VerifyRow& row : rows) {
    solvers.insert(row.solver);
    EXPECT_EQ(row.case_name, name);
    EXPECT_TRUE(row.pass) << row.solver << ' ' << row.variable << ": " << row.error << ", tolerance " << row.tolerance;
  }
  EXPECT_EQ(solvers, (std::set<std::string>{"exact", "exponential_euler", "euler", "rk4"}));
  EXPECT_EQ(rows.size(), 4u * 9u);  // eight states and the outputs
}

INSTANTIATE_TEST_SUITE_P(Reference, AttentionCase,
                         testing::Combine(testing::Values("a_elu1_bi", "a_relu_bi", "a_favor_causal", "a_slots_bi",
                                                          "a_favor_bi_hetero"),
                                          testing::Values(Precision::float32, Precision::float64),
                                          testing::Values(Backend::cpu, Backend::cuda)),
                         [](const auto& values) {
                           return std::string(std::get<0>(values.param)) + "_" +
                                  std::string(to_string(std::get<1>(values.param))) + "_" +
                                  std::string(to_string(std::get<2>(values.param)));
                         });

/// A copy of a case with one change.
class AlteredCase : public testing::Test {
 protected:
  AlteredCase() : directory_(temporary_.path() / "altered") {
    std::filesystem::copy(case_directory("a_elu1_bi"), directory_, std::filesystem::copy_options::recursive);
  }

  void replace_in_meta(const std::string& from, const std::string& to) {
    std::stringstream text;
    text << std::ifstream(directory_ / "meta.json").rdbuf();
    std::string meta = text.str();
    ASSERT_NE(meta.find(from), std::string::npos);
    std::ofstream(directory_ / "meta.json") << meta.replace(meta.find(from), from.size(), to);
  }

  std::vector<VerifyRow> rows() const { return verify_attention_case(directory_, Precision::float64, Backend::cpu); }
  std::string complaint() const {
    return error_text<FileError>([this] { rows(); });
  }

  TemporaryDirectory temporary_;
  std::filesystem::path directory_;
};

TEST_F(AlteredCase, OfAParameterByATenthOfAPercentFails) {
  replace_in_meta("\"tau_store\": 0.1", "\"tau_store\": 0.1001");
  std::set<std::string> failed;
  for (const VerifyRow& row : rows())
    if (row.solver == "exact" && !row.pass) failed.insert(row.variable);
  EXPECT_EQ(failed, (std::set<std::string>{"store", "calcium", "output", "outputs"}));
}

TEST_F(AlteredCase, TakesItsNameFromTheDirectoryWithOrWithoutASlash) {
  EXPECT_EQ(rows().front().case_name, "altered");
  EXPECT_EQ(verify_attention_case(directory_ / "", Precision::float64, Backend::cpu).front().case_name, "altered");
}

TEST_F(AlteredCase, NamesAMissingKey) {
  replace_in_meta("\"feature\"", "\"future\"");
  EXPECT_NE(complaint().find("meta.json"), std::string::npos) << complaint();
  EXPECT_NE(complaint().find("feature"), std::string::npos) << complaint();
}

TEST_F(AlteredCase, NamesAnUnknownFeature) {
  replace_in_meta("\"elu1\"", "\"elu7\"");
  EXPECT_NE(complaint().find("elu7"), std::string::npos) << complaint();
}

TEST_F(AlteredCase, NamesAnUnknownParameter) {
  replace_in_meta("\"tau_hidden\"", "\"tau_hiden\"");
  EXPECT_NE(complaint().find("parameters.tau_hiden"), std::string::npos) << complaint();
}

TEST_F(AlteredCase, NamesAStepThatItDoesNotKnow) {
  replace_in_meta("\"write 3\"", "\"write 6\"");
  EXPECT_NE(complaint().find("write 6"), std::string::npos) << complaint();
}

TEST_F(AlteredCase, NamesAnArrayOfTheWrongSize) {
  std::filesystem::copy_file(directory_ / "a.npy", directory_ / "Q.npy",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_NE(complaint().find("Q.npy: 64 values, expected 48"), std::string::npos) << complaint();
}

TEST_F(AlteredCase, NamesAMissingArray) {
  std::filesystem::remove(directory_ / "snapshots.npy");
  EXPECT_NE(complaint().find("snapshots.npy"), std::string::npos) << complaint();
}

TEST_F(AlteredCase, RefusesANumberThatIsAWord) {
  replace_in_meta("\"T\": 6", "\"T\": \"six\"");
  EXPECT_NE(complaint().find("meta.json"), std::string::npos) << complaint();
}

}  // namespace
}  // namespace tripartite::verify
