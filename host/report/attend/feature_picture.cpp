#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "host/report/attend/pictures.hpp"
#include "host/report/attend/studies.hpp"
#include "host/report/axis.hpp"
#include "host/report/html.hpp"
#include "host/report/plot.hpp"
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"
#include "host/report/value_marks.hpp"

namespace tripartite::report::attend {
namespace {

/// Errors below this limit are given as text: on the same axis they would compress all other curves into one line.
constexpr double out_of_sight = 1e-4;

bool is_out_of_sight(const attend::Curve& curve) { return largest(curve.median) < out_of_sight; }

/// Band, line and points of one curve; those of a single value have a bar.
void add_curve(std::vector<report::Curve>& curves, attend::Curve curve, double floor, std::size_t number) {
  for (auto* values : {&curve.low, &curve.median, &curve.high})
    for (double& value : *values)
      if (value < floor) value = floor;  // a logarithmic axis has no 0
  const auto add = [&](Shape shape, const std::vector<double>& y, double width, const char* what) -> report::Curve& {
    curves.push_back({.name = curve.name,
                      .ink = std::string(data_ink_name(number)),
                      .column = fmt::format("{}{} [1]", what, curve.name),
                      .x = curve.x,
                      .y = y,
                      .shape = shape,
                      .width = width});
    return curves.back();
  };
  const bool is_single = curve.x.size() == 1;
  add(is_single ? Shape::marks : Shape::band, curve.low, 2, "middle half of the heads, ").high = curve.high;
  if (!is_single) add(Shape::line, curve.median, 2.5, "relative error, median, ");
  add(Shape::points, curve.median, is_single ? 0.9 : 0.6, "relative error, median, ");
}

void name_curves(Figure& figure, const std::vector<attend::Curve>& curves, const Span& m, const Span& error,
                 const Box& box) {
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

Titled feature_picture(const RunFiles& run) {
  if (why_missing(run.attention, "attention.h5", "/studies/features")) return {};
  std::vector<attend::Curve> curves, exact;
  for (const auto& name : names_in(*run.attention, "/studies/features")) {
    attend::Curve curve = read_curve(*run.attention, "/studies/features/" + name, name, "m");
    if (!(largest(curve.median) >= 0)) continue;
    (is_out_of_sight(curve) ? exact : curves).push_back(std::move(curve));
  }
  if (curves.empty()) std::swap(curves, exact);
  Span m, error;
  for (const attend::Curve& curve : curves) {
    for (const double value : curve.x) m.include_positive(value);
    for (const auto* values : {&curve.low, &curve.median, &curve.high})
      for (const double value : *values) error.include_positive(value);
  }
  if (m.is_empty()) return {};
  std::vector<double> sizes;
  for (const attend::Curve& curve : curves) sizes.insert(sizes.end(), curve.x.begin(), curve.x.end());
  m = {m.low / 1.15, m.high * 1.15};
  error = with_log_margins(error);

  Figure figure(960, 470);
  const Box box{80, 16, 790, 401};
  figure.panel(box);
  set_value_axis(figure, {true, m, 0}, sizes, box.width());
  set_log_axis(figure, 'y', error);
  set_axis_label(figure, 'x', "hidden neurons per head m [1]");
  set_axis_label(figure, 'y', "relative error against softmax attention [1]");
  name_curves(figure, curves, m, error, box);
  for (std::size_t i = 0; i < exact.size(); ++i)
    figure.words_at(
        box.left + 14, box.bottom - 16 - 20 * static_cast<double>(i),
        fmt::format("↓ {}: at most {}, far below this range", exact[i].name, number(largest(exact[i].high))));
  std::vector<report::Curve> drawn;
  for (std::size_t i = 0; i < curves.size(); ++i) add_curve(drawn, curves[i], error.low, i);
  plot_curves(figure, drawn);

  std::string title = "How many hidden neurons each feature map needs";
  double best = std::numeric_limits<double>::infinity();
  for (const attend::Curve& curve : curves)
    for (std::size_t i = 0; i < curve.x.size(); ++i)
      if (curve.median[i] < best) {
        best = curve.median[i];
        title = fmt::format("{} comes closest to softmax attention: error {} with m = {:.0f} hidden neurons per head",
                            curve.name, number(best), curve.x[i]);
      }
  return {title, figure};
}

}  // namespace tripartite::report::attend
