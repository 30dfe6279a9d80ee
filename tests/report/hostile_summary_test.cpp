// summary.json of a stranger's run directory: values of another kind, lists of another length, numbers without bound.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "host/cli/commands.hpp"
#include "host/report/report.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "report/search_path.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

std::string refusal_of(const json& summary) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "summary.json") << summary.dump();
  const SearchPath none("");  // no gnuplot: what is drawn is not the point
  return error_text<FileError>([&] { write_report(directory.path(), cli::report_pages()); });
}

json sweep() {
  return json::parse(R"({"command": "sweep", "status": "complete", "results": {"finished_points": 2, "points": 2,
      "axes": [{"name": "O_P", "symbol": "O_P", "unit": "1/s", "values": [1, 2]}],
      "fraction_oscillating": [1, 0], "frequency_per_s": [0.1, 0], "release_per_s": [0.1, 0.2], "probability": [0.5, 0.5]}})");
}

TEST(HostileSweep, IsShownIfItFits) { EXPECT_EQ(refusal_of(sweep()), "nothing was thrown"); }

TEST(HostileSweep, AxesOfAnotherKindAreRefused) {
  for (const char* axes :
       {"[]", "{}", "null", "[1]", "[{}]", R"([{"values": []}])", R"([{"values": {"a": 1}}])",
        R"([{"values": [null]}])", R"([{"values": [1], "symbol": 3}])", R"([{"values": [1], "log": 1}])",
        R"([{"values": [1, 2]}, {"values": [1, 2]}, {"values": [1, 2]}])"}) {
    json summary = sweep();
    summary["results"]["axes"] = json::parse(axes);
    EXPECT_THAT(refusal_of(summary), AllOf(HasSubstr("summary.json: results."), HasSubstr("expected"))) << axes;
  }
}

// The marks of such an axis would be counted from the logarithm of 0 on.
TEST(HostileSweep, LogarithmsOfNothingAreRefused) {
  json summary = sweep();
  summary["results"]["axes"][0] = {{"values", {0, 2}}, {"log", true}};
  EXPECT_THAT(refusal_of(summary), HasSubstr("results.axes: values: 0: expected a number above 0"));
}

TEST(HostileSweep, ListsThatAreLongerThanTheGridAreRefused) {
  json summary = sweep();
  summary["results"]["fraction_oscillating"] = {0, 0, 0, 0, 1};
  EXPECT_THAT(refusal_of(summary), HasSubstr("fraction_oscillating: 5 values for 2 points"));
  summary = sweep();
  summary["results"]["finished_points"] = 1e9;
  EXPECT_THAT(refusal_of(summary), HasSubstr("finished_points = 1000000000: expected at most 2"));
}

TEST(HostileSummary, ValuesOfAnotherKindAreRefusedByTheFilesName) {
  EXPECT_THAT(refusal_of({{"command", "synapse"}, {"config", {{"astrocyte", {{"exogenous_ip3", "perhaps"}}}}}}),
              testing::AnyOf(HasSubstr("summary.json: "), HasSubstr("nothing was thrown")));
  EXPECT_THAT(refusal_of({{"command", "sweep --network"},
                          {"results", {{"finished_points", 1}, {"axes", {{{"values", {1}}}}}, {"quantities", {1}}}}}),
              HasSubstr("summary.json: "));
}

TEST(HostileSummary, NumbersWithoutBoundAreLeftOut) {
  const json cell = {{"network", "hopfield"}, {"n", 1e300},        {"k", 1e300},
                     {"cues", 1e300},         {"recalled", 1e300}, {"seed", 1}};
  EXPECT_EQ(refusal_of({{"command", "capacity"}, {"results", {{"cells", {cell, cell}}}}}), "nothing was thrown");
}

}  // namespace
}  // namespace tripartite::report
