// What holds for every command, from its record (host/cli/command.hpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/program.hpp"
#include "host/cli/commands.hpp"
#include "host/config/parameter_table.hpp"
#include "host/config/render.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class EveryCommand : public testing::TestWithParam<Command> {
 protected:
  static Finished run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), GetParam().name);
    return run_program(arguments, testing::TempDir());
  }
};

std::string name_of(const testing::TestParamInfo<Command>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(CommandLine, EveryCommand, testing::ValuesIn(all_commands()), name_of);

TEST_P(EveryCommand, IsListedWithItsSummary) {
  const std::string overview = run_program({"--help"}, testing::TempDir()).out;
  const auto line = overview.find(std::string("\n  ") + GetParam().name + ' ');
  ASSERT_NE(line, std::string::npos) << overview;
  EXPECT_THAT(overview.substr(line, overview.find('\n', line + 1) - line), HasSubstr(GetParam().summary));
}

TEST_P(EveryCommand, ExplainsItselfByExamplesAndAllItsParameters) {
  const Finished finished = run({"--help"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, StartsWith(GetParam().summary));
  EXPECT_THAT(finished.out, HasSubstr(GetParam().examples));
  if (!GetParam().work.parameters) return;
  for (const config::Parameter& parameter : GetParam().work.parameters().parameters) {
    EXPECT_THAT(finished.out, HasSubstr("\n    " + parameter.key));
    if (!parameter.option.empty()) {
      EXPECT_THAT(finished.out, HasSubstr("\n  " + parameter.option));
    }
  }
}

TEST_P(EveryCommand, AcceptsTheOptionsOfItsExamples) {
  std::istringstream lines(GetParam().examples);
  const std::string beginning = std::string("  tripartite ") + GetParam().name;
  int examples = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  tripartite ")) continue;
    ASSERT_TRUE(line.starts_with(beginning)) << line;
    std::string arguments = line.substr(beginning.size());
    arguments.resize(std::min(arguments.find("  "), arguments.size()));  // what follows says what the example does
    CLI::App app;
    const Action action = GetParam().work.declare(app);  // owns what the options write to
    EXPECT_NO_THROW(app.parse(arguments)) << line;
    ++examples;
  }
  EXPECT_GT(examples, 0);
}

TEST_P(EveryCommand, NamesTheWordThatItDoesNotKnow) {
  const Finished finished = run({"--frobnicate"});
  EXPECT_EQ(finished.status, wrong_usage);
  EXPECT_EQ(finished.err, std::string("tripartite ") + GetParam().name +
                              ": unexpected argument --frobnicate\nSee `tripartite " + GetParam().name + " --help`.\n");
}

TEST_P(EveryCommand, RefusesAKeyThatIsNotInItsTable) {
  if (!GetParam().work.parameters) GTEST_SKIP() << "has no table";
  EXPECT_EQ(GetParam().work.parameters().command, GetParam().name);
  const Finished finished = run({"--set", "dream.depth=1"});
  EXPECT_EQ(finished.status, wrong_usage);
  EXPECT_THAT(finished.err, HasSubstr("dream.depth: unknown key"));
}

TEST_P(EveryCommand, HasAPageForARunThatLeftNothing) {
  if (GetParam().page.write == nullptr) GTEST_SKIP() << "leaves no run directory";
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "summary.json")
      << nlohmann::json{{"schema", 1}, {"command", GetParam().name}, {"status", "incomplete"}, {"version", "0"}};
  report::write_report(directory.path(), report_pages());
  const std::string page = io::read_file(directory.path() / "report.html");
  EXPECT_THAT(page, HasSubstr(std::string("<span>tripartite ") + GetParam().name + "</span>"));
  EXPECT_THAT(page, HasSubstr(GetParam().page.files));
}

TEST(AllCommands, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Command& command : all_commands()) EXPECT_TRUE(names.insert(command.name).second) << command.name;
}

TEST(AllCommands, ThatLeaveARunDirectoryHaveATable) {
  for (const report::CommandPage& page : report_pages()) EXPECT_TRUE(page.parameters) << page.command;
}

TEST(AllCommands, AreDocumentedByTheirTables) {
  EXPECT_EQ(io::read_file(TRIPARTITE_PROJECT_DATA "/../docs/parameters.md"), config::render_markdown(all_tables()))
      << "write it anew: tripartite info --parameters > docs/parameters.md";
}

}  // namespace
}  // namespace tripartite::cli
