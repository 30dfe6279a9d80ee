#include "tripartite/version.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "tripartite/backend.hpp"

namespace tripartite {
namespace {

Finished run(const std::vector<std::string>& arguments) { return run_program(arguments, testing::TempDir()); }

TEST(Version, IsToldToProgramsAsJson) {
  const Finished finished = run({"--version", "--json"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto version = nlohmann::json::parse(finished.out);
  EXPECT_EQ(version.at("version"), TRIPARTITE_VERSION);
  EXPECT_THAT(version.at("compiler").get<std::string>(), testing::MatchesRegex("[A-Za-z]+ [0-9.]+"));
  EXPECT_THAT(version.at("commit").get<std::string>(), testing::MatchesRegex("unknown|[0-9a-f]{40}(-dirty)?"));
  EXPECT_EQ(version.at("cuda").is_null(), !built_with_cuda());
  EXPECT_EQ(version.at("instruction_sets").at(0), "baseline");
  EXPECT_EQ(run({"--json", "--version"}).out, finished.out);
  EXPECT_EQ(run({"--json", "info"}).status, 2);
}

}  // namespace
}  // namespace tripartite
