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
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"
#include "host/report/summary.hpp"
#include "host/report/svg.hpp"

namespace tripartite::report {
namespace {

struct StudyCurve {
  std::string label;
  std::vector<double> value, mean, deviation;
};

std::vector<double> numbers_at(const nlohmann::json& object, const std::string& pointer) {
  std::vector<double> numbers;
  for (const auto& number : part_at(object, pointer))
    numbers.push_back(number.is_number() ? number.get<double>() : std::nan(""));
  return numbers;
}

std::vector<StudyCurve> curves_of(const nlohmann::json& results) {
  std::vector<StudyCurve> curves;
  for (const auto& each : part_at(results, "/curves")) {
    std::string label = text_at(each, "/features");
    if (std::isfinite(number_at(each, "/by")))
      label = fmt::format("{}, {} {:g} {}", label, text_at(results, "/by"), number_at(each, "/by"),
                          text_at(results, "/by_unit"));
    StudyCurve curve{label, numbers_at(each, "/value"), numbers_at(each, "/mean"), numbers_at(each, "/deviation")};
    const std::size_t points = std::min({curve.value.size(), curve.mean.size(), curve.deviation.size()});
    for (auto* column : {&curve.value, &curve.mean, &curve.deviation}) column->resize(points);
    if (points > 0) curves.push_back(std::move(curve));
  }
  return curves;
}

std::string axis_words(const nlohmann::json& results) {
  const std::string over = text_at(results, "/over"), unit = text_at(results, "/unit");
  const std::string name = over == "m"             ? "hidden neurons per head m"
                           : over == "settle"      ? "settle time"
                           : over == "read"        ? "read time"
                           : over == "tau_calcium" ? "time constant of the calcium τ_p"
                           : over == "speed"       ? "speed of the calcium model"
                           : over == "production"  ? "largest IP3 production"
                           : over == "decay"       ? "decay of Hebbian strength and calcium store λ_H = λ_g"
                                                   : "heterogeneity of the synapses, coefficient of variation";
  return fmt::format("{} [{}]", name, unit.empty() ? "1" : unit);
}

/// Zero is drawn at the left end of a logarithmic axis.
struct Axis {
  bool is_log = false;
  Span span;
  double zero = 0;
  double place(double value) const { return is_log && value <= 0 ? zero : value; }
};

Axis value_axis(const std::vector<StudyCurve>& curves) {
  Axis axis;
  Span positive, all;
  bool has_zero = false;
  for (const StudyCurve& curve : curves)
    for (const double value : curve.value) {
      positive.include_positive(value);
      all.include(value);
      has_zero = has_zero || value == 0;
    }
  axis.is_log = !positive.is_empty() && positive.high >= 8 * positive.low;
  axis.span = axis.is_log ? Span{positive.low / 1.3, positive.high * 1.3} : with_margins(all);
  if (axis.is_log && has_zero) {
    axis.zero = positive.low / 3;
    axis.span.low = axis.zero / 1.3;
  }
  return axis;
}

void set_value_axis(Figure& figure, const Axis& axis, const std::vector<StudyCurve>& curves) {
  if (!axis.is_log) return set_linear_axis(figure, 'x', axis.span, 8);
  std::vector<double> values;
  for (const StudyCurve& curve : curves) values.insert(values.end(), curve.value.begin(), curve.value.end());
  std::sort(values.begin(), values.end());
  std::string marks;
  double last = 0;
  for (const double value : values) {
    const double place = axis.place(value);
    if (!(place > 1.2 * last)) continue;
    marks += fmt::format("{}{} {:.9g}", marks.empty() ? "" : ", ", figure.text(fmt::format("{:g}", value)), place);
    last = place;
  }
  figure.add("set logscale x; set xrange [{:.9g}:{:.9g}]; set xtics ({})", axis.span.low, axis.span.high, marks);
}

Picture study_picture(const nlohmann::json& results) {
  const auto curves = curves_of(results);
  if (curves.empty()) return Absent{"the study has no finished value."};
  const double reference = number_at(results, "/transformer");
  const std::string measure = text_at(results, "/measure");
  const Axis x = value_axis(curves);
  Span y, positive;
  y.include(reference);
  positive.include_positive(reference);
  for (const StudyCurve& curve : curves)
    for (std::size_t i = 0; i < curve.mean.size(); ++i) {
      y.include(curve.mean[i] - curve.deviation[i]);
      y.include(curve.mean[i] + curve.deviation[i]);
      positive.include_positive(curve.mean[i]);
    }
  const bool is_lower_better = measure == "perplexity" || measure == "kl_mean" || measure == "head_error";
  const bool is_log = is_lower_better && positive.high > 8 * positive.low;
  const Span shown = is_log ? with_log_margins(positive) : with_margins(y);

  Figure figure(960, 470);
  const Box box{86, 16, 790, 401};
  figure.panel(box);
  set_value_axis(figure, x, curves);
  if (is_log)
    set_log_axis(figure, 'y', shown);
  else
    set_linear_axis(figure, 'y', shown, 7);
  figure.add("set xlabel {}", figure.text(axis_words(results)));
  figure.add("set ylabel {} offset 1,0",
             figure.text(measure + (is_lower_better ? "; lower is better" : "; higher is better")));

  const auto pixel = [&](double value) {
    const double inside = std::clamp(value, shown.low, shown.high);
    return is_log ? log_pixel(inside, shown, box.bottom, box.top) : linear_pixel(inside, shown, box.bottom, box.top);
  };
  std::vector<double> wanted{pixel(reference)};
  for (const StudyCurve& curve : curves) wanted.push_back(pixel(curve.mean.back()));
  const auto places = spread(wanted, 20, box.top, box.bottom);
  std::string commands = "NaN notitle";
  if (!is_log || reference > 0) {
    figure.words_at(box.right + 10, places[0], "transformer", "tc rgb " + ink("muted"));
    commands = fmt::format("{:.9g} with lines dt 2 lw 2 lc rgb {}", reference, ink("muted"));
  }
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const StudyCurve& curve = curves[i];
    figure.words_at(box.right + 10, places[i + 1], curve.label, "tc rgb " + data_ink(i));
    std::vector<double> at, low, high;
    for (std::size_t k = 0; k < curve.value.size(); ++k) {
      at.push_back(x.place(curve.value[k]));
      low.push_back(std::max(curve.mean[k] - curve.deviation[k], shown.low));
      high.push_back(curve.mean[k] + curve.deviation[k]);
    }
    const std::string block = figure.data({at, curve.mean, low, high});
    commands += fmt::format(
        ", {0} using 1:2 with lines lw 2.5 lc rgb {1}, {0} using 1:2:3:4 with yerrorbars pt 7 ps 0.7 lw 2 lc rgb {1}",
        block, data_ink(i));
  }
  figure.add("plot {}", commands);
  return figure;
}

std::string study_table(const nlohmann::json& results) {
  Table table{{"curve", text_at(results, "/over"), text_at(results, "/measure"), "deviation over seeds"}, {}};
  for (const StudyCurve& curve : curves_of(results))
    for (std::size_t i = 0; i < curve.value.size(); ++i)
      table.rows.push_back({escape(curve.label), fmt::format("{:g}", curve.value[i]),
                            fmt::format("{:.5g}", curve.mean[i]), number(curve.deviation[i])});
  return to_html(table);
}

}  // namespace

void write_study(const Run& run, Page& page) {
  const auto& results = part_at(run.summary, "/results");
  const std::string measure = text_at(results, "/measure"), over = text_at(results, "/over");
  page.headline(fmt::format("{}: {} against {}", text_at(results, "/model"), measure, over));
  const Picture picture = study_picture(results);
  page.picture(
      fmt::format("{} of the whole model with the integrated network as its attention", measure),
      fmt::format("Mean over seeds, bars one standard deviation; dashed: the transformer itself, {:.5g}. {} "
                  "inputs, {} tokens.",
                  number_at(results, "/transformer"), number_at(results, "/inputs"), number_at(results, "/tokens")),
      picture);
  page.section("Numbers", study_table(results));
  if (const auto* figure = std::get_if<Figure>(&picture))
    if (const auto document = run_gnuplot(figure->script()))
      io::write_file(run.directory / "study.svg", to_svg_file(*document, *figure));
}

}  // namespace tripartite::report
