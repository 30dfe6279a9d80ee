// What holds for every command, from its record (host/cli/command.hpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/program.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/help.hpp"
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
  static Finished run(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{std::string(word_of(GetParam()))};
    if (!option_of(GetParam()).empty()) all.emplace_back(option_of(GetParam()));
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_program(all, testing::TempDir());
  }
};

/// Of UTF-8.
std::size_t characters(const std::string& text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Whether help has a line of this key.
bool lists(const std::string& help, const std::string& key) {
  const std::string line = "\n    " + key;
  for (auto at = help.find(line); at != std::string::npos; at = help.find(line, at + 1))
    if (const char next = help[at + line.size()]; next == ' ' || next == '\n') return true;
  return false;
}

std::string name_of(const testing::TestParamInfo<Command>& info) {
  std::string name = info.param.name;
  std::erase_if(name, [](char c) { return c == ' ' || c == '-'; });
  return name;
}

INSTANTIATE_TEST_SUITE_P(CommandLine, EveryCommand, testing::ValuesIn(all_commands()), name_of);

TEST_P(EveryCommand, IsListedWithItsSummary) {
  ::setenv("COLUMNS", "120", 1);  // so that no summary is broken
  const std::string overview = run_program({"--help"}, testing::TempDir()).out;
  ::unsetenv("COLUMNS");
  const auto line = overview.find(std::string("\n  ") + GetParam().name + ' ');
  ASSERT_NE(line, std::string::npos) << overview;
  EXPECT_THAT(overview.substr(line, overview.find('\n', line + 1) - line), HasSubstr(GetParam().summary));
}

TEST_P(EveryCommand, ExplainsItselfByOptionsExamplesAndSections) {
  const Finished finished = run({"--help"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, StartsWith(config::wrapped(GetParam().summary, 0, 80, 0)));
  EXPECT_THAT(finished.out, HasSubstr(fitted(GetParam().examples, 80)));
  if (!GetParam().work.parameters) return;
  for (const config::Parameter& parameter : GetParam().work.parameters().parameters) {
    EXPECT_FALSE(lists(finished.out, parameter.key));
    if (!parameter.option.empty()) {
      EXPECT_THAT(finished.out, HasSubstr("\n  " + parameter.option));
    }
  }
  for (const config::Section& section : GetParam().work.parameters().sections)
    EXPECT_THAT(finished.out, HasSubstr("\n  " + section.name));
}

TEST_P(EveryCommand, ExplainsAllParametersAndThoseOfASection) {
  if (!GetParam().work.parameters) GTEST_SKIP() << "has no table";
  const config::TableDescription& table = GetParam().work.parameters();
  const Finished all = run({"--help-all"});
  EXPECT_EQ(all.status, 0) << all.err;
  for (const config::Parameter& parameter : table.parameters) EXPECT_TRUE(lists(all.out, parameter.key));
  for (const config::Section& section : table.sections) {
    const Finished one = run({"--help", section.name});
    EXPECT_EQ(one.status, 0) << one.err;
    for (const config::Parameter& parameter : table.parameters)
      EXPECT_EQ(lists(one.out, parameter.key), config::section_of(parameter.key) == section.name)
          << section.name << ": " << parameter.key;
  }
  const Finished unknown = run({"--help", "dreams"});
  EXPECT_EQ(unknown.status, wrong_usage);
  EXPECT_THAT(unknown.err, HasSubstr("--help dreams: " + std::string(GetParam().name) + " has no such section"));
}

TEST_P(EveryCommand, HasHelpThatFitsTheTerminal) {
  for (const std::size_t columns : {80, 120}) {
    ::setenv("COLUMNS", std::to_string(columns).c_str(), 1);
    for (const char* option : {"--help", "--help-all"}) {
      if (!GetParam().work.parameters && option == std::string("--help-all")) continue;
      std::istringstream lines(run({option}).out);
      for (std::string line; std::getline(lines, line);)
        if (line.find("://") == std::string::npos) {
          EXPECT_LE(characters(line), columns) << line;
        }
    }
  }
  ::unsetenv("COLUMNS");
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

TEST(AllCommands, OfTwoWordsAreChosenByTheSecond) {
  const auto commands = all_commands();
  const auto name_for = [&](const std::vector<std::string>& given) {
    return std::string(chosen_command(commands, "sweep", given).name);
  };
  EXPECT_EQ(name_for({"sweep", "--over", "x=0:1:2"}), "sweep");
  EXPECT_EQ(name_for({"sweep", "--over", "x=0:1:2", "--network"}), "sweep --network");
  const Finished help = run_program({"sweep", "--help"}, testing::TempDir());
  EXPECT_THAT(help.out, HasSubstr("\n  --network"));
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
