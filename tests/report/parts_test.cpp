// The small parts of pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "host/report/axis.hpp"
#include "host/report/counted.hpp"
#include "host/report/html.hpp"
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"
#include "report/well_formed.hpp"

namespace tripartite::report {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Number, HasAtMostThreeDecimalDigits) {
  EXPECT_EQ(number(6.13e-5), "6.1e-5");
  EXPECT_EQ(number(-2.0e-16), "-2.0e-16");
  EXPECT_EQ(with_whole_numbers("error 1.8e-4, ease-2 and 3e-12"),
            "error <span class=\"whole\">1.8e-4</span>, ease-2 and <span class=\"whole\">3e-12</span>");
  EXPECT_EQ(number(0.01234), "0.0123");
  EXPECT_EQ(number(12.345), "12.3");
  EXPECT_EQ(number(196608), "196608");
  EXPECT_EQ(number(1.5e9), "1.5e9");
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(nan), "–");
}

TEST(Percent, IsHundredOnlyForExactlyOne) {
  EXPECT_EQ(percent(1), "100\u00a0%");
  EXPECT_EQ(percent(0.98437), "98.44\u00a0%");
  EXPECT_EQ(percent(0.9999999), "> 99.99\u00a0%");
}

TEST(Escape, LeavesNoMarkupAndNoForbiddenCharacter) {
  EXPECT_EQ(escape("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  EXPECT_EQ(escape("\xff\x01 \xc3\xa9\n"), "\uFFFD\uFFFD \u00e9\n");
}

TEST(Shorten, CountsCharactersNotBytes) {
  EXPECT_EQ(shorten("ééé", 3), "ééé");
  EXPECT_EQ(shorten("éééé", 3), "éé…");
}

TEST(TokenName, MakesBlanksVisible) {
  EXPECT_EQ(token_name(" the"), "the");
  EXPECT_EQ(token_name("\n"), "⏎");
  EXPECT_EQ(token_name("  "), "␣");
}

TEST(Quartiles, InterpolateAndSkipNonFiniteValues) {
  const std::vector<double> values{nan, 4, 1, 2, 3, std::numeric_limits<double>::infinity(), 5};
  const Quartiles found = quartiles(values);
  EXPECT_DOUBLE_EQ(found.low, 2);
  EXPECT_DOUBLE_EQ(found.median, 3);
  EXPECT_DOUBLE_EQ(found.high, 4);
  EXPECT_DOUBLE_EQ(quartiles(std::vector<double>{1, 2}).median, 1.5);
  EXPECT_TRUE(std::isnan(quartiles(std::vector<double>{nan}).median));
  EXPECT_DOUBLE_EQ(largest(values), 5);
}

TEST(Spread, KeepsLabelsApartAndInOrder) {
  const std::vector<double> wanted{50, 10, 52, 51};
  EXPECT_THAT(spread(wanted, 10, 0, 100), ElementsAre(50, 10, 70, 60));
  EXPECT_THAT(spread(wanted, 10, 0, 60), ElementsAre(40, 10, 60, 50));
}

TEST(Pixel, FollowsTheAxis) {
  EXPECT_DOUBLE_EQ(linear_pixel(2.5, {0, 10}, 100, 200), 125);
  EXPECT_THAT(log_pixel(1e-3, {1e-4, 1}, 400, 0), DoubleNear(300, 1e-9));
}

TEST(Inks, HaveUniqueLightValues) {
  for (const Ink& one : inks)
    for (const Ink& other : inks) EXPECT_TRUE(&one == &other || one.light != other.light) << one.name << other.name;
}

double luminance(std::uint32_t colour) {  // WCAG 2.1, relative luminance
  const auto linear = [](std::uint32_t byte) {
    const double value = double(byte & 0xff) / 255;
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) + 0.0722 * linear(colour);
}

double contrast(std::uint32_t one, std::uint32_t other) {
  const double a = luminance(one), b = luminance(other);
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

TEST(Inks, HaveSufficientContrastOnBothBackgrounds) {
  const Ink& surface = *std::find_if(inks.begin(), inks.end(), [](const Ink& each) { return each.name == "surface"; });
  for (const Ink& each : inks) {
    if (each.name == "surface" || each.name == "line" || each.name == "grid" || each.name == "card") continue;
    // WCAG 2.1 requires 3 for graphics and large text, 4.5 for text.
    const double needed = each.name == "text" || each.name == "muted" ? 4.5 : 3;
    EXPECT_GE(contrast(each.light, surface.light), needed) << each.name << " on light";
    EXPECT_GE(contrast(each.dark, surface.dark), needed) << each.name << " on dark";
  }
}

TEST(WellFormed, DetectsEveryDefect) {
  EXPECT_EQ(why_not_well_formed("<a b='1'><c d=\"x>y\"/>t &amp; u</a>"), "");
  for (const char* bad : {"<a><b></a></b>", "<a>&nbsp;</a>", "<a b=1/>", "<a b='1' b='2'/>", "<a>", "<a/><b/>",
                          "<a>\x01</a>", "<a b='<'/>"})
    EXPECT_NE(why_not_well_formed(bad), "") << bad;
}

TEST(Counted, HasNoPluralOfOne) {
  EXPECT_EQ(counted(1, "synapse"), "1 synapse");
  EXPECT_EQ(counted(0U, "synapse"), "0 synapses");
  EXPECT_EQ(counted(2.0, "synapse"), "2 synapses");
  EXPECT_EQ(counted(1.0, "memory", "memories"), "1 memory");
  EXPECT_EQ(counted(3, "memory", "memories"), "3 memories");
}

}  // namespace
}  // namespace tripartite::report
