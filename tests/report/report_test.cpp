#include "host/report/report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "host/cli/commands.hpp"
#include "host/io/text_file.hpp"
#include "host/report/gnuplot.hpp"
#include "host/report/style.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "report/attend_run.hpp"
#include "report/search_path.hpp"
#include "report/well_formed.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

#define NEEDS_GNUPLOT() \
  if (!run_gnuplot("set terminal svg\nplot 1\n")) GTEST_SKIP() << "gnuplot is not installed"

std::string report_of(const std::filesystem::path& directory) {
  write_report(directory, cli::report_pages());
  return io::read_file(directory / "report.html");
}

std::string report_of(const AttendRun& run) {
  const TemporaryDirectory directory;
  run.write(directory.path());
  return report_of(directory.path());
}

std::string report_of(const nlohmann::json& summary) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "summary.json") << summary.dump();
  return report_of(directory.path());
}

std::vector<std::string> pictures_in(const std::string& page) {
  std::vector<std::string> pictures;
  for (auto at = page.find("<svg"); at != std::string::npos; at = page.find("<svg", at + 1))
    pictures.push_back(page.substr(at, page.find("</svg>", at) + 6 - at));
  return pictures;
}

TEST(AttendReport, StatesTheResultInItsHeading) {
  AttendRun run;
  run.without = {"/map", "/studies", "/layers", "/phases", "/report"};
  EXPECT_THAT(report_of(run),
              HasSubstr("<h1>16 heads of kjv-softmax replaced by integrated neuron–astrocyte networks: largest error "
                        "<span class=\"whole\">8.3e-5</span> against softmax attention; the two models agree on "
                        "100\u00a0% of next tokens</h1>"));
}

TEST(AttendReport, ComparesLinearFeaturesWithLinearAttention) {
  AttendRun run;
  run.without = {"/map", "/studies", "/layers", "/phases", "/report"};
  run.features = "elu1";
  EXPECT_THAT(
      report_of(run),
      HasSubstr(
          "largest error <span class=\"whole\">4.3e-5</span> against linear attention with the same features (elu1);"));
}

TEST(AttendReport, DoesNotRoundAwayDisagreement) {
  auto summary = AttendRun().summary();
  summary["results"]["end_to_end"]["top1_agreement"] = 0.999999;
  EXPECT_THAT(report_of(summary), HasSubstr("agree on &gt; 99.99\u00a0% of next tokens"));
}

TEST(AttendReport, ShowsTheCosineOfAnEncoder) {
  auto summary = AttendRun().summary();
  summary["results"]["end_to_end"] = {{"cosine", 0.9999912}};
  EXPECT_THAT(report_of(summary), AllOf(HasSubstr("cosine of the two embeddings 0.9999912</h1>"),
                                        HasSubstr("<td>0.9999912</td>"), Not(HasSubstr("next token"))));
}

TEST(AttendReport, ShowsTheNumbersOfTheSummary) {
  const std::string page = report_of(AttendRun().summary());
  for (const char* number : {">3.2e-7<", ">31.416<",  // end to end
                             "Each head has 24 hidden neurons (slots).",
                             "<th scope=\"row\">3</th><td>4</td><td>4.2e-5</td><td>4.3e-5</td><td>8.2e-5</td>",
                             ">6.25\u00a0s<", ">50\u00a0%<", ">12.5\u00a0s<",  // timing
                             ">0.05 s<", ">exact<",                            // parameters
                             ">a made-up processor<", ">avx2<", ">float32<"})  // machine
    EXPECT_THAT(page, HasSubstr(number));
}

TEST(AttendReport, ShowsTheText) {
  AttendRun run;
  run.without = {"/map", "/studies", "/layers", "/phases", "/report"};
  const std::string page = report_of(run);
  EXPECT_THAT(page, HasSubstr("<blockquote dir=\"auto\">" + run.text + "</blockquote>"));
  EXPECT_THAT(page, HasSubstr("<bdi>beginning</bdi>"));
}

TEST(AttendReport, DrawsFivePictures) {
  NEEDS_GNUPLOT();
  for (const bool causal : {true, false}) {
    AttendRun run;
    run.causal = causal;
    const std::string page = report_of(run);
    EXPECT_EQ(pictures_in(page).size(), 5U);
    EXPECT_THAT(page, Not(HasSubstr("Not drawn")));
    for (const char* words :
         {"calcium p [1]", "store g [1]", "Hebbian H [1]", ">settle<", ">write<", ">read<", "output of the network [1]",
          "favor_balanced", "hidden neurons per head m [1]", "settle time [ms]",
          "left by filters of 10 and 10 ms, mean over the write", "left by filters of 10, 10 and 50 ms",
          "layer 1, head 2", "Synapses of layer 0, head 0 while 4 tokens are written and read"})
      EXPECT_THAT(page, HasSubstr(words));
  }
}

TEST(AttendReport, IsSelfContained) {
  NEEDS_GNUPLOT();
  const std::string page = report_of(AttendRun());
  EXPECT_THAT(page, Not(testing::ContainsRegex("<link|<iframe|@import|src=|url\\([^#]|href='[^#d]|href=\"[^#]")));
}

TEST(AttendReport, HasOneScript) {
  NEEDS_GNUPLOT();
  const std::string page = report_of(AttendRun());
  EXPECT_NE(page.find("<script>\n"), std::string::npos);
  EXPECT_EQ(page.find("<script>"), page.rfind("<script>"));
  EXPECT_THAT(report_of(AttendRun().summary()), Not(HasSubstr("<script>")));  // no picture, no script
}

TEST(AttendReport, SaysWhenByWhichCommandAndByWhichVersionItWasMade) {
  auto summary = AttendRun().summary();
  summary["date"] = "2031-02-03T04:05:06Z";
  summary["commit"] = "0123abcd";
  summary["command_line"] = "tripartite attend --text '<b>'";
  EXPECT_THAT(report_of(summary), AllOf(HasSubstr("2031-02-03 04:05 UTC"), HasSubstr("(0123abcd)"),
                                        HasSubstr("<code>tripartite attend --text &#39;&lt;b&gt;&#39;</code>")));
}

TEST(AttendReport, MarksParametersThatDifferFromTheirDefault) {
  auto summary = AttendRun().summary();
  summary["config"] = {{"neuron", {{"tau_input", 0.5}, {"tau_hidden", 0.01}}}};
  const std::string page = report_of(summary);
  EXPECT_THAT(page, HasSubstr("class=\"changed\">0.5 s <small>(default 0.01 s)</small>"));
  EXPECT_EQ(page.find("class=\"changed\""), page.rfind("class=\"changed\""));  // the other one does not differ
}

TEST(AttendReport, DrawsPicturesInThemeColours) {
  NEEDS_GNUPLOT();
  for (const std::string& picture : pictures_in(report_of(AttendRun()))) {
    EXPECT_THAT(picture, HasSubstr("var(--muted)"));
    EXPECT_THAT(picture, Not(testing::ContainsRegex("[\"']black[\"']|gnuplot_canvas\" *fill|\"#[0-9a-fA-F]{6}\"")));
    for (const Ink& each : inks) {
      const std::string value =
          fmt::format("rgb\\( *{}, *{}, *{}\\)", each.light >> 16, each.light >> 8 & 0xff, each.light & 0xff);
      EXPECT_THAT(picture, Not(testing::ContainsRegex(value))) << each.name;
    }
  }
}

TEST(AttendReport, ContainsWellFormedPicturesWithUniqueNames) {
  NEEDS_GNUPLOT();
  std::set<std::string> names;
  for (const std::string& picture : pictures_in(report_of(AttendRun()))) {
    EXPECT_EQ(why_not_well_formed(picture), "");
    for (auto at = picture.find(" id="); at != std::string::npos; at = picture.find(" id=", at + 1)) {
      const std::string name = picture.substr(at + 5, picture.find(picture[at + 4], at + 5) - at - 5);
      EXPECT_TRUE(names.insert(name).second) << name << " is not unique";
    }
  }
  EXPECT_GT(names.size(), 50U);
}

TEST(AttendReport, EscapesTextInCommandsAndMarkup) {
  NEEDS_GNUPLOT();
  const TemporaryDirectory directory;
  const std::string trap = (directory.path() / "trap").string();
  AttendRun run;
  run.text = "</blockquote><script>alert(1)</script> & \"quotes\" '";
  run.model = "<img src=x onerror=alert(1)>";
  run.tokens = {"<script>",
                "`touch " + trap + "`",
                "'; system('touch " + trap + "'); '",
                "\"\nEND\n!touch " + trap + "\n",
                "\\\"$d0",
                "@t0@",
                "@t99999999999999999999@",
                "{/Symbol a}_b^c",
                "]]>&amp;",
                "\xff\xfe\x01 bytes",
                "%s%n{}",
                "-->",
                "\xe2\x80\xae"};
  run.recorded = {0, 1, 2, 3};
  const std::filesystem::path out = directory.path() / "run";
  std::filesystem::create_directory(out);
  run.write(out);
  const std::string page = report_of(out);
  EXPECT_FALSE(std::filesystem::exists(trap));
  EXPECT_THAT(page,
              AllOf(Not(HasSubstr("<script>alert")), Not(HasSubstr("<img")), HasSubstr("&lt;script&gt;alert(1)")));
  const auto pictures = pictures_in(page);
  ASSERT_EQ(pictures.size(), 5U);
  for (const auto& picture : pictures) EXPECT_EQ(why_not_well_formed(picture), "");
  EXPECT_THAT(pictures.back(), AllOf(HasSubstr("&lt;script&gt;<"), HasSubstr(">@t0@<"), HasSubstr("{/Symbol a")));
}

TEST(AttendReport, HasNoPlaceForWhatIsNotThere) {
  NEEDS_GNUPLOT();
  for (const char* group : {"/layers", "/map", "/studies", "/report"}) {
    AttendRun run;
    run.without = {group};
    const std::string page = report_of(run);
    EXPECT_THAT(page, Not(HasSubstr("Not drawn"))) << group;
    EXPECT_EQ(pictures_in(page).size(), group == std::string("/studies") ? 3U : 4U) << group;
  }
}

TEST(AttendReport, LetsTheReaderChooseAHead) {
  NEEDS_GNUPLOT();
  AttendRun run;
  run.offered_heads = 2;
  const std::string page = report_of(run);
  // Without a script there is the first head alone.
  EXPECT_THAT(page, HasSubstr("<div class=\"choice\" data-what=\"head\">\n<div data-name=\"layer 1, head 2\">\n"));
  EXPECT_THAT(page,
              AllOf(HasSubstr("<div data-name=\"layer 3, head 0\" hidden>"),
                    HasSubstr("<div data-name=\"layer 3, head 1\" hidden>"), HasSubstr("querySelectorAll('.choice')")));
  EXPECT_EQ(pictures_in(page).size(), 7U);
}

TEST(AttendReport, DrawsPicturesFromPartialData) {
  NEEDS_GNUPLOT();
  for (const char* group : {"/phases", "/tokens", "/studies/settle_time", "/studies/read_time", "/report/calcium",
                            "/report/hebbian", "/studies/features/slots"}) {
    AttendRun run;
    run.without = {group};
    const std::string page = report_of(run);
    EXPECT_EQ(pictures_in(page).size(), 5U) << group;
    EXPECT_THAT(page, Not(HasSubstr("Not drawn"))) << group;
  }
}

TEST(AttendReport, NeedsOnlyTheSummary) {
  const std::string page = report_of(AttendRun().summary());
  EXPECT_THAT(page, AllOf(Not(HasSubstr("Not drawn")), Not(HasSubstr("<figure")), HasSubstr("Layer by layer")));
}

TEST(AttendReport, ShowsWhyARunFailed) {
  auto summary = AttendRun().summary();
  summary["status"] = "failed";
  summary["error"] = "calcium of synapse <7> is not finite";
  summary["results"] = nlohmann::json::object();
  EXPECT_THAT(report_of(summary),
              AllOf(HasSubstr("badge failed\">failed<"), HasSubstr("calcium of synapse &lt;7&gt; is not finite"),
                    HasSubstr("has a result: the run failed</h1>")));
}

TEST(AttendReport, ToleratesASummaryOfOtherTypes) {
  auto summary = AttendRun().summary();
  summary["status"] = 3;
  summary["timing"] = "long";
  summary["config"] = nlohmann::json::array({1, 2});
  summary["results"]["heads"] = {1, "two", {{"layer", "x"}, {"error_linear", nullptr}}};
  summary["results"]["end_to_end"]["kl_mean"] = nullptr;
  EXPECT_THAT(report_of(summary), HasSubstr("status unknown"));
}

TEST(AttendReport, ShowsTablesWithoutGnuplot) {
  const TemporaryDirectory empty;
  for (const std::string& path : {std::string(), empty.path().string()}) {
    const SearchPath none(path);
    const std::string page = report_of(AttendRun());
    EXPECT_THAT(page, AllOf(HasSubstr("<code>gnuplot-nox</code>"), HasSubstr("Layer by layer"), HasSubstr(">3.2e-7<")));
    EXPECT_TRUE(pictures_in(page).empty());
  }
}

TEST(AttendReport, ReportsTheMessageOfGnuplot) {
  const TemporaryDirectory directory, programs;
  AttendRun().write(directory.path());
  std::ofstream(directory.path() / "report.html") << "the page before";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"echo 'line 7: no such terminal' >&2; exit 3", "gnuplot: failed with status 3: line 7: no such terminal"},
      {"kill -9 $$", "gnuplot: terminated by signal 9"},
      {"echo half; echo 'disk full' >&2", "expected an SVG document, got none: disk full"}};
  for (const auto& [commands, words] : cases) {
    pretend_gnuplot(programs.path(), commands);
    const SearchPath only(programs.path().string());
    EXPECT_THAT(error_text<FileError>([&] { write_report(directory.path(), cli::report_pages()); }), HasSubstr(words));
    EXPECT_EQ(io::read_file(directory.path() / "report.html"), "the page before");
  }
}

nlohmann::json capacity_summary(const std::vector<int>& seeds) {
  auto cells = nlohmann::json::array();
  for (const int seed : seeds)
    for (const int n : {30, 60})
      for (const int k : {2, 8, 32, 128, 512})
        cells.push_back({{"network", "astrocyte"},
                         {"n", n},
                         {"k", k},
                         {"seed", seed},
                         {"cues", 4},
                         {"recalled", k * 900 < n * n * (8 + seed) ? 4 : 0},
                         {"wrong_fraction", 0.1}});
  nlohmann::json law{{"network", "astrocyte"}, {"sizes", 2}, {"exponent", 2.04}, {"prefactor", 0.01}};
  law["uncertainty"] = seeds.size() > 1 ? nlohmann::json(0.13) : nlohmann::json();
  const double width = seeds.size() > 1 ? 3 : 0;
  return {{"command", "capacity"},
          {"status", "complete"},
          {"results",
           {{"laws", {law}},
            {"loads",
             {{{"network", "astrocyte"},
               {"n", 30},
               {"bracketed", true},
               {"k_max", 12},
               {"low", 12 - width},
               {"high", 12 + width}},
              {{"network", "astrocyte"},
               {"n", 60},
               {"bracketed", true},
               {"k_max", 50},
               {"low", 50 - width},
               {"high", 50 + width}}}},
            {"cells", cells}}}};
}

TEST(CapacityReport, StatesTheFittedExponentWithItsSpread) {
  NEEDS_GNUPLOT();
  const std::string page = report_of(capacity_summary({1, 2, 3}));
  EXPECT_THAT(page,
              HasSubstr("<h1>The neuron–astrocyte network stores K<sub>max</sub> ∝ N^(2.04 ± 0.13) patterns</h1>"));
  EXPECT_THAT(page, AllOf(HasSubstr("The number of patterns grows as N^(2.04 ± 0.13)"), HasSubstr("neurons N [1]"),
                          HasSubstr("60 neurons recall half of their cues up to 50 patterns"),
                          HasSubstr("K_max of each draw"), HasSubstr("68 % interval")));
}

TEST(CapacityReport, HasNoSpreadOfASingleDraw) {
  NEEDS_GNUPLOT();
  const std::string page = report_of(capacity_summary({1}));
  EXPECT_THAT(page, HasSubstr("K<sub>max</sub> ∝ N^2.04 patterns</h1>"));
  EXPECT_THAT(page, AllOf(Not(HasSubstr("±")), Not(HasSubstr("68 % interval")), Not(HasSubstr("of each draw, "))));
}

nlohmann::json study_summary(int seeds) {
  nlohmann::json curve{{"features", "slots"}, {"by", nullptr}, {"seeds", seeds}, {"value", {0, 0.1, 1.0}}};
  for (const double mean : {24.4, 25.0, 400.0}) {
    auto samples = nlohmann::json::array();
    for (int seed = 0; seed < seeds; ++seed) samples.push_back(mean * (1 + 0.01 * (seed - 1)));
    curve["mean"].push_back(mean);
    curve["deviation"].push_back(seeds > 1 ? nlohmann::json(0.01 * mean) : nlohmann::json());
    curve["samples"].push_back(samples);
  }
  return {{"command", "study"},
          {"status", "complete"},
          {"results",
           {{"model", "kjv-softmax"},
            {"over", "heterogeneity"},
            {"unit", "1"},
            {"by", ""},
            {"by_unit", ""},
            {"measure", "perplexity"},
            {"transformer", 24.4},
            {"inputs", 3},
            {"tokens", 192},
            {"curves", {curve}}}}};
}

TEST(StudyReport, StatesTheBestSetting) {
  NEEDS_GNUPLOT();
  const std::string page = report_of(study_summary(3));
  EXPECT_THAT(page,
              HasSubstr("<h1>kjv-softmax: perplexity is best at heterogeneity 0: 24.4 ± 0.24; worst at heterogeneity "
                        "1: 400 ± 4; the transformer&#39;s own is 24.4</h1>"));
  // Axes span decades; every seed is a point.
  EXPECT_THAT(page,
              AllOf(HasSubstr("\"log\":true,\"label\":\"heterogeneity of the synapses, coefficient of variation [1]"),
                    HasSubstr("\"log\":true,\"label\":\"perplexity [1]; lower is better\""),
                    HasSubstr("each seed: perplexity, slots [1]"), HasSubstr("standard deviation over seeds")));
}

TEST(StudyReport, HasNoSpreadOfASingleSeed) {
  NEEDS_GNUPLOT();
  for (const bool is_old : {false, true}) {
    auto summary = study_summary(1);
    if (is_old) {  // as summaries were before they had samples
      summary["results"]["curves"][0].erase("samples");
      summary["results"]["curves"][0]["deviation"] = {0, 0, 0};
    }
    EXPECT_THAT(report_of(summary), AllOf(HasSubstr("best at heterogeneity 0: 24.4;"), Not(HasSubstr("±")),
                                          Not(HasSubstr("standard deviation"))));
  }
}

TEST(Report, RejectsDirectoriesThatAreNotRuns) {
  const TemporaryDirectory directory;
  EXPECT_THAT(error_text<FileError>([&] { write_report(directory.path(), cli::report_pages()); }),
              HasSubstr("summary.json"));
  std::ofstream(directory.path() / "summary.json") << "[1]";
  EXPECT_THAT(error_text<FileError>([&] { write_report(directory.path(), cli::report_pages()); }),
              HasSubstr("expected a JSON object"));
  std::ofstream(directory.path() / "summary.json") << R"({"command":"dream"})";
  EXPECT_THAT(error_text<FileError>([&] { write_report(directory.path(), cli::report_pages()); }),
              HasSubstr("summary.json: command = \"dream\": there is no report for it, only for: attend"));
}

TEST(Report, NamesTheDamagedFile) {
  const TemporaryDirectory directory;
  AttendRun().write(directory.path());
  for (const char* name : {"attention.h5", "recordings.h5"}) {
    const std::string whole = io::read_file(directory.path() / name);
    std::ofstream(directory.path() / name, std::ios::trunc) << whole.substr(0, whole.size() / 3);
    EXPECT_THAT(error_text<FileError>([&] { write_report(directory.path(), cli::report_pages()); }), HasSubstr(name));
    std::ofstream(directory.path() / name, std::ios::trunc) << whole;
  }
}

}  // namespace
}  // namespace tripartite::report
