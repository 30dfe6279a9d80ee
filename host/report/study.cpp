#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "host/io/atomic_file.hpp"
#include "host/report/axis.hpp"
#include "host/report/gnuplot.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/plot.hpp"
#include "host/report/style.hpp"
#include "host/report/summary.hpp"
#include "host/report/svg.hpp"
#include "host/report/symbols.hpp"
#include "host/report/value_marks.hpp"

namespace tripartite::report {
namespace {

struct StudyCurve {
  std::string label;
  std::vector<double> value, mean, deviation;  // NaN if there is only one seed
  std::vector<std::vector<double>> samples;    // of every seed at each value

  bool has_seeds() const {
    return std::any_of(deviation.begin(), deviation.end(), [](double each) { return std::isfinite(each); });
  }
};

std::vector<StudyCurve> curves_of(const nlohmann::json& results) {
  std::vector<StudyCurve> curves;
  for (const auto& each : part_at(results, "/curves")) {
    std::string label = text_at(each, "/features");
    if (std::isfinite(number_at(each, "/by")))
      label = fmt::format("{}, {} {:g} {}", label, text_at(results, "/by"), number_at(each, "/by"),
                          unit_words(text_at(results, "/by_unit")));
    StudyCurve curve{label,
                     numbers_in(part_at(each, "/value")),
                     numbers_in(part_at(each, "/mean")),
                     numbers_in(part_at(each, "/deviation")),
                     {}};
    const std::size_t points = std::min({curve.value.size(), curve.mean.size(), curve.deviation.size()});
    for (auto* column : {&curve.value, &curve.mean, &curve.deviation}) column->resize(points);
    const auto& samples = part_at(each, "/samples");
    for (std::size_t i = 0; i < points; ++i) {
      curve.samples.push_back(samples.is_array() && i < samples.size() ? numbers_in(samples[i])
                                                                       : std::vector<double>());
      if (number_at(each, "/seeds") == 1) curve.deviation[i] = std::nan("");
    }
    if (points > 0) curves.push_back(std::move(curve));
  }
  return curves;
}

/// What a measure is called, its unit, and which way is better.
struct Measure {
  std::string_view name, words, unit;
  bool is_lower_better;
  bool is_fraction;
};
constexpr Measure measures[]{
    {"perplexity", "perplexity", "1", true, false},
    {"kl_mean", "Kullback–Leibler divergence", "nat", true, false},
    {"head_error", "relative error of a head, median over heads", "1", true, false},
    {"accuracy", "accuracy", "1", false, true},
    {"agreement", "answers equal to the transformer's", "1", false, true},
    {"cosine", "cosine of the embeddings with the transformer's", "1", false, false},
};

Measure measure_of(const nlohmann::json& results) {
  const std::string name = text_at(results, "/measure");
  for (const Measure& each : measures)
    if (each.name == name) return each;
  return {"", "unknown measure", "1", false, false};
}

/// The varied parameter in words, with its symbol in docs/models.md.
std::string axis_words(const nlohmann::json& results) {
  const std::string over = text_at(results, "/over");
  constexpr std::pair<std::string_view, std::string_view> names[]{
      {"m", "hidden neurons per head m"},
      {"settle", "settle time"},
      {"read", "read time"},
      {"tau_calcium", "time constant of calcium τ_p"},
      {"speed", "speed s of the calcium model"},
      {"production", "largest IP3 production P"},
      {"decay", "decay of Hebbian strength and calcium store λ_H = λ_g"},
      {"heterogeneity", "heterogeneity of the synapses, coefficient of variation"}};
  const auto* found =
      std::find_if(std::begin(names), std::end(names), [&](const auto& each) { return each.first == over; });
  return with_unit(found == std::end(names) ? std::string_view(over) : found->second, text_at(results, "/unit"));
}

/// "perplexity [1]"
std::string measure_words(const Measure& measure) { return fmt::format("{} [{}]", measure.words, measure.unit); }

std::string value_words(const Measure& measure, double value) {
  return measure.is_fraction ? percent(value) : number(value);
}

/// "24.6 ± 0.1"; a single seed has no spread, nor have seeds that agree.
std::string mean_words(const Measure& measure, const StudyCurve& curve, std::size_t i) {
  if (!(curve.deviation[i] > 0)) return value_words(measure, curve.mean[i]);
  if (measure.is_fraction) return fmt::format("{:.4g} ± {:.2g} %", 100 * curve.mean[i], 100 * curve.deviation[i]);
  return fmt::format("{} ± {:.2g}", number(curve.mean[i]), curve.deviation[i]);
}

/// The best setting, and the worst beside it.
std::string result_words(const nlohmann::json& results) {
  const auto curves = curves_of(results);
  const Measure measure = measure_of(results);
  const std::string over = text_at(results, "/over"), unit = unit_words(text_at(results, "/unit"));
  struct Place {
    const StudyCurve* curve = nullptr;
    std::size_t i = 0;
    double mean() const { return curve->mean[i]; }
  } best, worst;
  const auto is_better = [&](double a, double b) { return measure.is_lower_better ? a < b : a > b; };
  for (const StudyCurve& curve : curves)
    for (std::size_t i = 0; i < curve.value.size(); ++i) {
      if (!std::isfinite(curve.mean[i])) continue;
      if (best.curve == nullptr || is_better(curve.mean[i], best.mean())) best = {&curve, i};
      if (worst.curve == nullptr || is_better(worst.mean(), curve.mean[i])) worst = {&curve, i};
    }
  if (best.curve == nullptr) return "No value was finished";
  const auto at = [&](const Place& place) {
    std::string words = fmt::format("{} {:g}", over, place.curve->value[place.i]);
    if (!unit.empty()) words += " " + unit;
    return curves.size() > 1 ? words + " (" + place.curve->label + ")" : words;
  };
  const std::string own = value_words(measure, number_at(results, "/transformer"));
  if (best.mean() == worst.mean())
    return fmt::format("{} is {} at every {}; the transformer's own is {}", measure.words,
                       value_words(measure, best.mean()), over, own);
  return fmt::format("{} is best at {}: {}; worst at {}: {}; the transformer's own is {}", measure.words, at(best),
                     mean_words(measure, *best.curve, best.i), at(worst), mean_words(measure, *worst.curve, worst.i),
                     own);
}

/// The range of the vertical axis.
struct Range {
  Span shown;
  bool is_log = false;
};

Range range_of(const std::vector<StudyCurve>& curves, const Measure& measure, double reference) {
  Span all, positive;
  const auto include = [&](double value) {
    all.include(value);
    positive.include_positive(value);
  };
  include(reference);
  for (const StudyCurve& curve : curves)
    for (std::size_t i = 0; i < curve.mean.size(); ++i) {
      include(curve.mean[i]);
      for (const double sample : curve.samples[i]) include(sample);
      if (std::isfinite(curve.deviation[i]))
        for (const double end : {curve.mean[i] - curve.deviation[i], curve.mean[i] + curve.deviation[i]})
          all.include(end);
    }
  Range range;
  range.is_log = measure.is_lower_better && positive.high > 8 * positive.low;
  range.shown = range.is_log ? with_log_margins(positive) : with_margins(all);
  constexpr double least = 0.1;  // of a fraction; less would magnify one answer in a hundred to the whole axis
  if (measure.is_fraction && range.shown.length() < least) range.shown.low = range.shown.high - least;
  return range;
}

Picture study_picture(const nlohmann::json& results) {
  const auto curves = curves_of(results);
  if (curves.empty()) return Absent{"the study has no finished value."};
  const double reference = number_at(results, "/transformer");
  const Measure measure = measure_of(results);
  std::vector<double> values;
  for (const StudyCurve& curve : curves) values.insert(values.end(), curve.value.begin(), curve.value.end());
  const ValueAxis x = value_axis(values);
  const Range y = range_of(curves, measure, reference);

  Figure figure(960, 470);
  const Box box{86, 16, 770, 401};
  figure.panel(box);
  set_value_axis(figure, x, values, box.width());
  if (y.is_log)
    set_log_axis(figure, 'y', y.shown);
  else
    set_linear_axis(figure, 'y', y.shown, 7);
  set_axis_label(figure, 'x', axis_words(results));
  set_axis_label(figure, 'y',
                 fmt::format("{}; {} is better", measure_words(measure), measure.is_lower_better ? "lower" : "higher"));

  const auto pixel = [&](double value) {
    const double inside = std::clamp(value, y.shown.low, y.shown.high);
    return y.is_log ? log_pixel(inside, y.shown, box.bottom, box.top)
                    : linear_pixel(inside, y.shown, box.bottom, box.top);
  };
  std::vector<double> wanted{pixel(reference)};
  for (const StudyCurve& curve : curves) wanted.push_back(pixel(curve.mean.back()));
  const auto places = spread(wanted, 20, box.top, box.bottom);
  std::vector<Curve> drawn;
  if (!y.is_log || reference > 0) {
    figure.words_at(box.right + 10, places[0], "transformer", "tc rgb " + ink("muted"));
    drawn.push_back({.name = "transformer",
                     .ink = "muted",
                     .column = fmt::format("{} of the transformer [{}]", measure.words, measure.unit),
                     .x = {x.span.low, x.span.high},
                     .y = {reference, reference},
                     .shape = Shape::dashes});
  }
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const StudyCurve& curve = curves[i];
    const std::string colour(data_ink_name(i));
    figure.words_at(box.right + 10, places[i + 1], curve.label, "tc rgb " + ink(colour));
    std::vector<double> at, bar_at, low, high, seed_at, seeds;
    for (std::size_t k = 0; k < curve.value.size(); ++k) {
      at.push_back(x.place(curve.value[k]));
      for (const double sample : curve.samples[k])
        if (curve.samples[k].size() > 1) seed_at.push_back(at.back()), seeds.push_back(sample);
      if (!(curve.deviation[k] > 0)) continue;
      bar_at.push_back(at.back());
      low.push_back(std::max(curve.mean[k] - curve.deviation[k], y.shown.low));
      high.push_back(curve.mean[k] + curve.deviation[k]);
    }
    const auto column = [&](std::string_view what) {
      return fmt::format("{}{}, {} [{}]", what, measure.words, curve.label, measure.unit);
    };
    drawn.push_back({.name = curve.label, .ink = colour, .column = column(""), .x = at, .y = curve.mean, .width = 2.2});
    if (!bar_at.empty())
      drawn.push_back({.name = curve.label,
                       .ink = colour,
                       .column = column("one standard deviation of "),
                       .x = bar_at,
                       .y = low,
                       .high = high,
                       .shape = Shape::marks,
                       .width = 2});
    drawn.push_back({.name = curve.label,
                     .ink = colour,
                     .column = column("mean "),
                     .x = at,
                     .y = curve.mean,
                     .shape = Shape::points,
                     .width = 0.7});
    if (!seeds.empty())
      drawn.push_back({.name = curve.label,
                       .ink = colour,
                       .column = column("each seed: "),
                       .x = seed_at,
                       .y = seeds,
                       .shape = Shape::points,
                       .width = 0.35});
  }
  plot_curves(figure, drawn);
  return figure;
}

std::string study_table(const nlohmann::json& results) {
  const auto curves = curves_of(results);
  const Measure measure = measure_of(results);
  const bool has_seeds = std::any_of(curves.begin(), curves.end(), [](const auto& curve) { return curve.has_seeds(); });
  Table table{{"curve", escape(axis_words(results)), escape(measure_words(measure))}, {}};
  if (has_seeds) table.head.emplace_back("standard deviation over seeds");
  for (const StudyCurve& curve : curves)
    for (std::size_t i = 0; i < curve.value.size(); ++i) {
      table.rows.push_back(
          {escape(curve.label), fmt::format("{:g}", curve.value[i]), fmt::format("{:.5g}", curve.mean[i])});
      if (has_seeds) table.rows.back().push_back(number(curve.deviation[i]));
    }
  return table.rows.empty() ? std::string() : to_html(table);
}

}  // namespace

void write_study(const Run& run, Page& page) {
  const auto& results = part_at(run.summary, "/results");
  page.headline(fmt::format("{}: {}", text_at(results, "/model"), result_words(results)));
  const Picture picture = study_picture(results);
  const auto curves = curves_of(results);
  const bool has_seeds = std::any_of(curves.begin(), curves.end(), [](const auto& curve) { return curve.has_seeds(); });
  page.picture(
      fmt::format("{} of the whole model with the integrated network as its attention", measure_of(results).words),
      fmt::format("{}Dashed: the transformer itself, {:.5g}. {} inputs, {} tokens.",
                  has_seeds ? "Small points: single seeds; large points and line: their mean; bars: one standard "
                              "deviation between seeds. "
                            : "",
                  number_at(results, "/transformer"), number_at(results, "/inputs"), number_at(results, "/tokens")),
      picture);
  if (const std::string table = study_table(results); !table.empty()) page.section("Numbers", table);
  if (const auto* figure = std::get_if<Figure>(&picture))
    if (const auto document = run_gnuplot(figure->script()))
      io::write_file(run.directory / "study.svg", to_svg_file(*document, *figure));
}

}  // namespace tripartite::report
