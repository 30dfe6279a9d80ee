// What help says fits the terminal, and every word of it stays.
#include "host/cli/help.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"

namespace tripartite::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto text =
    "Words of a paragraph that is longer\n"
    "than a line.\n"
    "\n"
    "Examples:\n"
    "  tripartite nap                          for a minute\n"
    "  tripartite nap --long --deep     for the rest of the night and the day after it\n"
    "  tripartite nap --in a-bed-of-roses --under an-old-apple-tree --until noon\n";

TEST(FittedHelp, FillsParagraphsAndPutsMeaningsBesideExamplesWhereTheyFit) {
  EXPECT_EQ(fitted(text, 60),
            "Words of a paragraph that is longer than a line.\n"
            "\n"
            "Examples:\n"
            "  tripartite nap                for a minute\n"
            "  tripartite nap --long --deep\n"
            "      for the rest of the night and the day after it\n"
            "  tripartite nap --in a-bed-of-roses \\\n"
            "      --under an-old-apple-tree --until noon\n");
}

TEST(FittedHelp, UsesTheRoomThatThereIs) {
  EXPECT_THAT(fitted(text, 100),
              AllOf(HasSubstr("  tripartite nap                for a minute\n"),
                    HasSubstr("  tripartite nap --long --deep  for the rest of the night and the day after it\n"),
                    HasSubstr("--under an-old-apple-tree --until noon\n")));
}

TEST(Help, ShowsASingleParameterByItsKey) {
  const Finished finished = run_program({"network", "--help", "connectivity.rule"}, testing::TempDir());
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, AllOf(StartsWith("\n  [connectivity]"), HasSubstr("tripartite_bernoulli_with_pool")));
  EXPECT_EQ(finished.out.find("indegree ="), std::string::npos);
}

TEST(Help, MayStandAnywhereOnTheCommandLine) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"verify", "--help"}, {"recall", "a.png", "-h"}, {"synapse", "--dt", "0.1", "--help"}})
    EXPECT_EQ(run_program(arguments, testing::TempDir()).status, 0) << arguments.front();
}

}  // namespace
}  // namespace tripartite::cli
