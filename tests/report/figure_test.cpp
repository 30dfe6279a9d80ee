// What pictures are made of: thinned curves, colours, symbols, the numbers behind them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <random>

#include "host/report/activity.hpp"
#include "host/report/axis.hpp"
#include "host/report/colour_map.hpp"
#include "host/report/course.hpp"
#include "host/report/envelope.hpp"
#include "host/report/page_script.hpp"
#include "host/report/plot.hpp"
#include "host/report/recorded.hpp"
#include "host/report/style.hpp"
#include "host/report/symbols.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::report {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Fires at 57 /s and is sampled at 1 kHz: every 7th sample, say, would miss most peaks.
std::vector<double> burst(std::size_t samples) {
  std::vector<double> values;
  for (std::size_t i = 0; i < samples; ++i)
    values.push_back(39 + 19 * std::sin(2 * std::numbers::pi * 57 * double(i) / 1000));
  return values;
}

std::vector<double> rising(std::size_t samples) {
  std::vector<double> x;
  for (std::size_t i = 0; i < samples; ++i) x.push_back(double(i) / 1000);
  return x;
}

TEST(Envelope, KeepsLeastAndLargestOfEveryBucketInTheirOrder) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> draw(-1, 1);
  std::vector<double> y(10'007);
  for (double& value : y) value = draw(random);
  const Envelope envelope(y.size(), 300);
  const auto values = envelope.values(y);
  ASSERT_EQ(values.size(), 600U);
  for (std::size_t b = 0; b < 300; ++b) {
    const auto begin = y.begin() + std::ptrdiff_t(b * y.size() / 300),
               end = y.begin() + std::ptrdiff_t((b + 1) * y.size() / 300);
    const auto least = std::min_element(begin, end), largest = std::max_element(begin, end);
    EXPECT_EQ(values[2 * b], *std::min(least, largest));
    EXPECT_EQ(values[2 * b + 1], *std::max(least, largest));
  }
  const auto places = envelope.places(rising(y.size()));
  EXPECT_EQ(places.size(), values.size());
  EXPECT_TRUE(std::is_sorted(places.begin(), places.end()));
}

TEST(Envelope, LeavesShortCurvesAndSkipsWhatIsNotFinite) {
  const std::vector<double> y{1, nan, 3, 4};
  EXPECT_FALSE(Envelope(4, 2).thins());
  EXPECT_THAT(Envelope(4, 2).values(std::vector<double>{1, 2, 3, 4}), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Envelope(6, 2).values(std::vector<double>{nan, 2, 1, nan, nan, nan}),
              ElementsAre(2, 1, testing::IsNan(), testing::IsNan()));
}

TEST(TracePicture, ShowsTheFullHeightOfABurstInEveryPixel) {
  const auto values = burst(100'000);
  const Picture picture = trace_picture(rising(values.size()), {{"ν [1/s]", {""}, {values}}});
  const auto& curve = std::get<Figure>(picture).panels().front().curves.front();
  ASSERT_LT(curve.y.size(), values.size() / 10);
  for (std::size_t i = 0; i + 1 < curve.y.size(); i += 2) {
    EXPECT_LT(std::min(curve.y[i], curve.y[i + 1]), 21);
    EXPECT_GT(std::max(curve.y[i], curve.y[i + 1]), 57);
  }
}

TEST(TracePicture, HasNoPictureOfNothing) {
  EXPECT_TRUE(std::holds_alternative<Absent>(trace_picture({}, {})));
  EXPECT_TRUE(std::holds_alternative<Absent>(raster_picture({}, 10, 3, "synapse")));
}

TEST(AxisNumbers, AreAsShortAsTheyCanBe) {
  EXPECT_THAT(axis_numbers(std::vector<double>{-0.5, 0, 0.5}), ElementsAre("-0.5", "0", "0.5"));
  EXPECT_THAT(axis_numbers(std::vector<double>{0, 5000, 10000}), ElementsAre("0", "5000", "10000"));
  // All with an exponent or none.
  EXPECT_THAT(axis_numbers(std::vector<double>{0, 500'000, 1'000'000}), ElementsAre("0", "5e5", "1e6"));
  EXPECT_THAT(axis_numbers(std::vector<double>{-0.00025, 0, 0.00025}), ElementsAre("-2.5e-4", "0", "2.5e-4"));
  EXPECT_THAT(axis_numbers(std::vector<double>{1234.5, 1235}), ElementsAre("1234.5", "1235"));
}

/// [px] How far left of their axis the label and the numbers of a picture's first row begin, from its script.
struct Gutter {
  double label, numbers;
};

Gutter gutter_of(double low, double high) {
  const auto figure = std::get<Figure>(trace_picture(rising(2), {{"x [1]", {""}, {{low, high}}}}));
  const std::string script = figure.script(), rotated = "center rotate by 90";
  const auto style = script.find(rotated);
  const auto at = script.rfind(" at screen ", style) + 11;
  const KnownPanel& panel = figure.panels().front();
  return {panel.box.left - std::stod(script.substr(at)) * figure.width(), 15 + panel.y_numbers};
}

TEST(TracePicture, HasRoomForItsNumbersBesideTheLabelOfTheirAxis) {
  EXPECT_NEAR(gutter_of(0, 1).label, 60, 0.1);  // labels of rows align
  for (const auto& [low, high] : {std::pair(1000.0, 1004.0), std::pair(-1e-4, 1e-4), std::pair(0.00123, 0.0012345)}) {
    const auto [label, numbers] = gutter_of(low, high);
    constexpr double half_a_line = 8;
    EXPECT_GE(label - half_a_line, numbers) << low << " to " << high;
    EXPECT_LE(label + half_a_line, 90) << "beyond the edge of the picture";
  }
}

TEST(LogAxis, HasAtLeastThreeMarks) {
  for (const auto& [low, high] :
       {std::pair(0.12, 0.3), std::pair(0.02, 0.9), std::pair(3.0, 9.0), std::pair(1e-9, 1e3)}) {
    Figure figure(100, 100);
    figure.panel({10, 10, 90, 90});
    Span span;
    span.include(low);
    span.include(high);
    set_log_axis(figure, 'y', with_log_margins(span));
    EXPECT_GE(figure.texts().size(), 3U) << low << " to " << high;
    EXPECT_LE(figure.texts().size(), 10U) << low << " to " << high;
  }
}

TEST(LinearAxis, HasMarksWithinItsSpanOrNone) {
  Figure figure(100, 100);
  figure.panel({10, 10, 90, 90});
  for (const Span& span : {Span{0, 0}, Span{1, 1}, Span{1e300, 1.1e300}, Span{-1e-300, 1e-300}, Span{}})
    set_linear_axis(figure, 'y', span, 4);
  EXPECT_LT(figure.texts().size(), 15U);
}

TEST(RasterPicture, ShowsTheSameTimeAtTheSamePixelsAsTraces) {
  const auto traces =
      std::get<Figure>(trace_picture(rising(10), {{"C", {""}, {burst(10)}}}, {"time [s]", false, {0, 5}}));
  const auto raster = std::get<Figure>(raster_picture({{1, 2}, {0, 1}}, 5, 2, "synapse"));
  for (const KnownPanel& panel : raster.panels()) {
    EXPECT_EQ(panel.box.left, traces.panels().front().box.left);
    EXPECT_EQ(panel.box.right, traces.panels().front().box.right);
    EXPECT_EQ(panel.x.span.high, traces.panels().front().x.span.high);
  }
}

TEST(RasterPicture, CountsEventsThatAreTooManyForDots) {
  io::Spikes events;
  for (std::size_t i = 0; i < 50'000; ++i) {
    events.times.push_back(double(i) / 5000);
    events.nodes.push_back(i * 7919 % 1000);
  }
  const auto figure = std::get<Figure>(raster_picture(events, 10, 1000, "synapse"));
  double counted = 0;
  for (const double value : figure.panels().front().maps.at(0).values) counted += std::isfinite(value) ? value : 0;
  EXPECT_EQ(counted, 50'000);
}

/// L* of CIELAB of each "#rrggbb" in a palette.
std::vector<double> lightness(std::string_view palette) {
  std::vector<double> all;
  for (auto at = palette.find('#'); at != std::string_view::npos; at = palette.find('#', at + 1)) {
    double luminance = 0;
    const double weights[] = {0.2126, 0.7152, 0.0722};
    for (std::size_t c = 0; c < 3; ++c) {
      const double value = double(std::stoi(std::string(palette.substr(at + 1 + 2 * c, 2)), nullptr, 16)) / 255;
      luminance += weights[c] * (value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
    }
    all.push_back(luminance > 0.008856 ? 116 * std::cbrt(luminance) - 16 : 903.3 * luminance);
  }
  return all;
}

TEST(Colours, OfValuesRiseEvenlyInLightness) {
  const auto levels = lightness(sequential_colours());
  ASSERT_EQ(levels.size(), 16U);
  const double step = (levels.back() - levels.front()) / 15;
  EXPECT_GT(step, 4.5);
  for (std::size_t i = 1; i < levels.size(); ++i) EXPECT_NEAR(levels[i] - levels[i - 1], step, 0.3 * step) << i;
}

TEST(Colours, OfDifferencesAreLightestAtZeroAndEvenToBothSides) {
  const auto levels = lightness(diverging_colours());
  ASSERT_EQ(levels.size(), 11U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_LT(levels[i], levels[i + 1]);
    EXPECT_NEAR(levels[i], levels[10 - i], 4) << i;
  }
}

TEST(Colours, OfMapsAreTheSameInBothThemes) {
  EXPECT_THAT(style_sheet(), AllOf(Not(HasSubstr("invert")), Not(HasSubstr("hue-rotate"))));
  for (const std::string_view palette : {sequential_colours(), diverging_colours()})
    for (const Ink& each : inks) EXPECT_THAT(palette, Not(HasSubstr(fmt::format("#{:06x}", each.light)))) << each.name;
}

TEST(Symbols, AreThoseOfTheModels) {
  for (const CalciumModel& each : calcium_models())
    for (const Model* model : {&each.synapse(), &each.astrocyte()}) {
      for (const ParameterInfo& info : model->description.parameters) EXPECT_EQ(symbol_of(info.name), info.symbol);
      for (const StateInfo& info : model->description.states) EXPECT_EQ(symbol_of(info.name), info.symbol);
    }
}

TEST(Symbols, HaveUnitsAsReadersKnowThem) {
  EXPECT_EQ(unit_words("uM"), "µM");
  EXPECT_EQ(unit_words("1/(uM s)"), "1/(µM s)");
  EXPECT_EQ(unit_words("1"), "");
  EXPECT_EQ(with_unit("Gamma_S", "1"), "Γ_S [1]");
  EXPECT_EQ(with_unit("C", "uM"), "C [µM]");
}

TEST(Symbols, HaveTheirIndexBelowTheLine) {
  EXPECT_EQ(symbols_html("C_Θ and (Γ_S) < U_0*"), "C<sub>Θ</sub> and (Γ<sub>S</sub>) &lt; U<sub>0</sub>*");
  EXPECT_EQ(symbols_html("favor_sharp _a a_ mean_C"), "favor_sharp _a a_ mean_C");
  EXPECT_EQ(symbols_svg("Γ_S [1]"),
            "Γ<tspan dy=\"4\" font-size=\"0.75em\">S</tspan><tspan dy=\"-4\">\u00a0[1]</tspan>");
  EXPECT_EQ(symbols_svg("C_Θ"), "C<tspan dy=\"4\" font-size=\"0.75em\">Θ</tspan>");
}

TEST(FigureData, HoldsTheNumbersThatAreDrawn) {
  Figure figure(400, 300);
  figure.panel({10, 20, 110, 220});
  set_linear_axis(figure, 'x', {0, 2}, 4);
  set_log_axis(figure, 'y', {0.1, 10});
  set_axis_label(figure, 'y', "C [µM]");
  plot_curves(figure, {{"one", "blue", "C of one", {0, 1, 2}, {1, nan, 3}},
                       {"two", "green", "C of two", {0, 1, 2}, {4, 5, 6}}});
  const std::string html = figure_data(figure, "picture-1", "A title");
  const auto begin = html.find('{'), end = html.rfind("</script>");
  const auto data = nlohmann::json::parse(html.substr(begin, end - begin));
  EXPECT_EQ(data["columns"], nlohmann::json::parse("[[0,1,2]]"));  // shared by both curves
  const auto& panel = data["panels"][0];
  EXPECT_EQ(panel["box"], nlohmann::json::parse("[10,20,110,220]"));
  EXPECT_EQ(panel["y"], nlohmann::json::parse(R"({"low":0.1,"high":10,"log":true,"label":"C [µM]"})"));
  EXPECT_EQ(panel["curves"][0]["y"], nlohmann::json::parse("[1,null,3]"));
  EXPECT_EQ(panel["curves"][1]["column"], "C of two");
}

TEST(FigureData, CannotBeLeftByAnyText) {
  Figure figure(400, 300);
  figure.panel({0, 0, 1, 1});
  set_axis_label(figure, 'x', "</script><script>alert(1)</script><!--\xff");
  const std::string html = figure_data(figure, "</script>", "<!--");
  EXPECT_EQ(html.find("</script"), html.rfind("</script"));
  EXPECT_THAT(html, Not(HasSubstr("<!--")));
  EXPECT_THAT(std::string(page_script()), Not(HasSubstr("</script")));
}

Recorded recorded(std::vector<std::vector<double>> curves) {
  Recorded field{"C", "uM", rising(curves.front().size()), {}, std::move(curves)};
  for (std::uint64_t i = 0; i < field.curves.size(); ++i) field.ids.push_back(10 * i);
  return field;
}

TEST(Chosen, AreCellsThatMove) {
  std::vector<std::vector<double>> curves(20, std::vector<double>(50, 0.1));
  for (const std::size_t active : {4U, 5U, 6U, 12U, 13U, 14U}) curves[active][active < 10 ? 30 : active] = 1;
  curves[7][30] = 0.2;
  const Chosen chosen = choose_active(recorded(curves), 3, "astrocyte");
  EXPECT_THAT(chosen.columns, ElementsAre(4, 12, 13));  // 5 and 6 do the same as 4
  EXPECT_THAT(chosen.why, HasSubstr("3 of the 6 astrocytes, of 20 recorded"));
  EXPECT_THAT(choose_active(recorded(curves), 10, "astrocyte").columns, ElementsAre(4, 12, 13, 14));
}

TEST(Chosen, AreCellsThatDiffer) {
  std::vector<std::vector<double>> curves(9, std::vector<double>(50, 0.1));
  curves[3].assign(50, 0.9);
  curves[6][10] = 2;
  const Chosen chosen = choose_different(recorded(curves), 4, "astrocyte");
  EXPECT_EQ(chosen.columns.size(), 3U);  // the others are equal
  EXPECT_THAT(chosen.columns, AllOf(testing::Contains(3), testing::Contains(6)));
}

TEST(Colours, AboveAPartOfItsOwnAreThoseOfAllMaps) {
  const std::string all(sequential_colours()), above = sequential_colours_above("#d4d6da", 0.06);
  EXPECT_THAT(above, HasSubstr("(0 '#d4d6da', 0.06 '#d4d6da', 0.06000 '#440154'"));
  std::size_t at = 0, colours = 0;
  for (auto quote = all.find('#'); quote != std::string::npos; quote = all.find('#', quote + 1), ++colours) {
    at = above.find(all.substr(quote, 7), at);
    ASSERT_NE(at, std::string::npos) << all.substr(quote, 7);
  }
  EXPECT_GE(colours, 10U);
}

TEST(Course, IsThatOfTheSecondHalf) {
  std::vector<double> time, curve;
  for (std::size_t i = 0; i <= 4000; ++i) {
    time.push_back(double(i) / 100);
    curve.push_back(i < 2000 ? 9 : 0.5 - 0.3 * std::cos(2 * std::numbers::pi * 0.5 * time.back()));
  }
  const Course course = course_of(curve);
  EXPECT_NEAR(course.amplitude(), 0.6, 1e-3);
  EXPECT_NEAR(course.mean, 0.5, 1e-3);
}

TEST(Course, OfCalciumHasTheFrequencyThatASweepMeasures) {
  // Neither the part of a cycle at the end nor a swing below 0.05 uM, which releases gliotransmitter, goes missing.
  std::vector<double> time, curve, still;
  for (std::size_t i = 0; i <= 4000; ++i) {
    time.push_back(double(i) / 100);
    curve.push_back(0.5 - 0.01 * std::cos(2 * std::numbers::pi * 0.37 * time.back()));
    still.push_back(0.5 - 0.004 * std::cos(2 * std::numbers::pi * 0.37 * time.back()));
  }
  EXPECT_NEAR(calcium_frequency(time, curve), 0.37, 1e-4);
  EXPECT_EQ(calcium_frequency(time, still), 0);
  EXPECT_EQ(calcium_frequency(time, std::vector<double>(time.size(), NAN)), 0);
}

}  // namespace
}  // namespace tripartite::report
