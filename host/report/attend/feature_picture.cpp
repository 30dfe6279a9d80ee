#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "host/report/attend/pictures.hpp"
#include "host/report/attend/studies.hpp"
#include "host/report/axis.hpp"
#include "host/report/html.hpp"
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"

namespace tripartite::report::attend {
namespace {

/// Errors below this limit are given as text: on the same axis they would compress all other curves into one line.
constexpr double out_of_sight = 1e-4;

bool is_out_of_sight(const Curve& curve) { return largest(curve.median) < out_of_sight; }

/// Marks at the studied values of m, as many as fit.
void set_m_axis(Figure& figure, const std::vector<Curve>& curves, const Span& m) {
  std::vector<double> values;
  for (const Curve& curve : curves) values.insert(values.end(), curve.x.begin(), curve.x.end());
  std::sort(values.begin(), values.end());
  std::string marks;
  double last = 0;
  for (const double value : values) {
    if (!(value > 1.3 * last)) continue;
    marks += fmt::format("{}{} {:.9g}", marks.empty() ? "" : ", ", figure.text(fmt::format("{:.0f}", value)), value);
    last = value;
  }
  figure.add("set logscale x; set xrange [{:.9g}:{:.9g}]; set xtics ({})", m.low, m.high, marks);
  figure.add("set xlabel {}", figure.text("hidden neurons per head m [1]"));
}

/// The arguments of `plot` for one curve.
std::string curve_commands(Figure& figure, Curve curve, double floor, const std::string& colour) {
  for (auto* values : {&curve.low, &curve.median, &curve.high})
    for (double& value : *values)
      if (value < floor) value = floor;  // a logarithmic axis has no 0
  const std::string block = figure.data({curve.x, curve.low, curve.median, curve.high});
  if (curve.x.size() == 1)
    return fmt::format("{} using 1:3:2:4 with yerrorbars pt 7 ps 0.9 lw 2 lc rgb {}", block, colour);
  return fmt::format(
      "{0} using 1:2:4 with filledcurves fs transparent solid 0.12 noborder fc rgb {1}, "
      "{0} using 1:3 with linespoints pt 7 ps 0.6 lw 2.5 lc rgb {1}",
      block, colour);
}

void name_curves(Figure& figure, const std::vector<Curve>& curves, const Span& m, const Span& error, const Box& box) {
  std::vector<std::size_t> at_the_end;
  std::vector<double> wanted;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const double y = log_pixel(std::max(curves[i].median.back(), error.low), error, box.bottom, box.top);
    if (curves[i].x.back() * 1.3 > m.high) {
      at_the_end.push_back(i);
      wanted.push_back(y);
    } else {
      figure.words_at(log_pixel(curves[i].x.back(), m, box.left, box.right) + 12, y, curves[i].name,
                      "tc rgb " + data_ink(i));
    }
  }
  const auto places = spread(wanted, 20, box.top, box.bottom);
  for (std::size_t i = 0; i < places.size(); ++i)
    figure.words_at(box.right + 10, places[i], curves[at_the_end[i]].name, "tc rgb " + data_ink(at_the_end[i]));
}

}  // namespace

Picture feature_picture(const RunFiles& run) {
  if (const auto reason = why_missing(run.attention, "attention.h5", "/studies/features")) return Absent{*reason};
  std::vector<Curve> curves, exact;
  for (const auto& name : names_in(*run.attention, "/studies/features")) {
    Curve curve = read_curve(*run.attention, "/studies/features/" + name, name, "m");
    if (!(largest(curve.median) >= 0)) continue;
    (is_out_of_sight(curve) ? exact : curves).push_back(std::move(curve));
  }
  if (curves.empty()) std::swap(curves, exact);
  Span m, error;
  for (const Curve& curve : curves) {
    for (const double value : curve.x) m.include_positive(value);
    for (const auto* values : {&curve.low, &curve.median, &curve.high})
      for (const double value : *values) error.include_positive(value);
  }
  if (m.is_empty()) return Absent{"the study of feature maps contains no numbers."};
  m = {m.low / 1.15, m.high * 1.15};
  error = with_log_margins(error);

  Figure figure(960, 470);
  const Box box{80, 16, 790, 401};
  figure.panel(box);
  set_m_axis(figure, curves, m);
  set_log_axis(figure, 'y', error);
  figure.add("set ylabel {} offset 1,0", figure.text("relative error against softmax attention [1]"));
  name_curves(figure, curves, m, error, box);
  for (std::size_t i = 0; i < exact.size(); ++i)
    figure.words_at(
        box.left + 14, box.bottom - 16 - 20 * static_cast<double>(i),
        fmt::format("↓ {}: at most {}, far below this range", exact[i].name, number(largest(exact[i].high))));
  std::string commands;
  for (std::size_t i = 0; i < curves.size(); ++i)
    commands += (i == 0 ? "" : ", ") + curve_commands(figure, curves[i], error.low, data_ink(i));
  figure.add("plot {}", commands);
  return figure;
}

}  // namespace tripartite::report::attend
