#include "host/report/value_marks.hpp"

#include <algorithm>
#include <cmath>

#include "host/report/axis.hpp"

namespace tripartite::report {
namespace {

constexpr double decade = 8;    // values that span more are on a logarithmic axis
constexpr double letter = 8;    // [px] width of a digit
constexpr double between = 14;  // [px] between two marks

}  // namespace

ValueAxis value_axis(const std::vector<double>& values) {
  ValueAxis axis;
  Span positive, all;
  bool has_zero = false;
  for (const double value : values) {
    positive.include_positive(value);
    all.include(value);
    has_zero = has_zero || value == 0;
  }
  axis.is_log = !positive.is_empty() && positive.high >= decade * positive.low;
  axis.span = axis.is_log ? Span{positive.low / 1.3, positive.high * 1.3} : with_margins(all);
  if (axis.is_log && has_zero) {
    axis.zero = positive.low / 3;
    axis.span.low = axis.zero / 1.3;
  }
  return axis;
}

void set_value_axis(Figure& figure, const ValueAxis& axis, std::vector<double> values, double width) {
  if (!axis.is_log) return set_linear_axis(figure, 'x', axis.span, 8);
  set_log_axis(figure, 'x', axis.span);
  std::sort(values.begin(), values.end());
  std::string marks;
  double free = 0;
  for (const double value : values) {
    const double place = axis.place(value), pixel = log_pixel(place, axis.span, 0, width);
    const std::string words = fmt::format("{:g}", value);
    const double half = letter * double(words.size()) / 2;
    if (pixel - half < free && !marks.empty()) continue;
    marks += fmt::format("{}{} {:.9g}", marks.empty() ? "" : ", ", figure.text(words), place);
    free = pixel + half + between;
  }
  figure.add("set xtics ({})", marks);
}

}  // namespace tripartite::report
