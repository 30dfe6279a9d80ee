#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "tripartite/version.hpp"

namespace tripartite {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Finished run(const std::vector<std::string>& arguments) { return run_program(arguments, testing::TempDir()); }

TEST(Program, PrintsItsVersion) {
  const Finished finished = run({"--version"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, StartsWith("tripartite " TRIPARTITE_VERSION "\ncommit "));
  EXPECT_THAT(finished.out,
              AllOf(HasSubstr("\ncompiler "), HasSubstr("CUDA"), HasSubstr("\ninstruction sets baseline")));
}

TEST(Program, ListsItsCommandsWithHelpAndFailsWithoutACommand) {
  const Finished asked = run({"--help"});
  EXPECT_EQ(asked.status, 0);
  EXPECT_THAT(asked.out, AllOf(HasSubstr("info"), HasSubstr("Exit status")));
  const Finished bare = run({});
  EXPECT_EQ(bare.status, 2);
  EXPECT_THAT(bare.out, IsEmpty());
  EXPECT_THAT(bare.err, HasSubstr("info"));
}

struct Misuse {
  std::vector<std::string> arguments;
  std::string message;
};

class WrongUsage : public testing::TestWithParam<Misuse> {};

TEST_P(WrongUsage, ExitsWithTwoAndExplainsTheError) {
  const Finished finished = run(GetParam().arguments);
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.out, IsEmpty());
  EXPECT_THAT(finished.err, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(CommandLine, WrongUsage,
                         testing::Values(Misuse{{"inof"}, "tripartite: unexpected argument inof; did you mean info?"},
                                         Misuse{{"frobnicate"}, "tripartite: unexpected argument frobnicate\n"},
                                         Misuse{{"info", "--jsn"},
                                                "tripartite info: unexpected argument --jsn; did you mean --json?"},
                                         Misuse{{"info", "extra"}, "tripartite info: unexpected argument extra"},
                                         Misuse{{"info", "--json", "--parameters"}, "excludes"}));

TEST(Info, DescribesTheMachineAsOneJsonObject) {
  const Finished finished = run({"info", "--json"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.err, IsEmpty());
  const auto machine = nlohmann::json::parse(finished.out);
  EXPECT_EQ(machine.at("version"), TRIPARTITE_VERSION);
  EXPECT_EQ(machine.at("backends").at(0).at("name"), "cpu");
  EXPECT_EQ(machine.at("backends").at(0).at("available"), true);
  EXPECT_GT(machine.at("threads").get<int>(), 0);
  EXPECT_GT(machine.at("memory_available_bytes").get<double>(), 1e6);
  EXPECT_EQ(machine.at("instruction_sets").at(0), "baseline");
  EXPECT_EQ(machine.at("instruction_sets").back(), machine.at("instruction_set"));
}

TEST(Info, HelpShowsExamples) {
  const Finished finished = run({"info", "--help"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, HasSubstr("tripartite info --json"));
}

}  // namespace
}  // namespace tripartite
