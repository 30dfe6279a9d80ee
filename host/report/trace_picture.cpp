#include <algorithm>
#include <cmath>

#include "host/report/activity.hpp"
#include "host/report/axis.hpp"
#include "host/report/plot.hpp"
#include "host/report/style.hpp"
#include "host/report/trace_box.hpp"

namespace tripartite::report {
namespace {

constexpr double top = 16, row_height = 92, row_gap = 22;

Span range_of(const TraceRow& row) {
  Span range;
  if (row.from_zero) range.include(0);
  for (const auto* curves : {&row.curves, &row.low, &row.high})
    for (const auto& curve : *curves) range.include(curve);
  for (const Level& level : row.levels) range.include(level.value);
  if (range.is_empty()) range.include(0);
  Span wide = with_margins(range, 0.08);
  if (row.from_zero && range.low == 0) wide.low = 0;
  return wide;
}

std::string column_of(const TraceRow& row, std::string_view name) {
  return name.empty() ? row.label : fmt::format("{}, {}", row.label, name);
}

std::string name_of(const TraceRow& row, std::size_t curve) {
  return curve < row.names.size() ? row.names[curve] : std::string();
}

/// The first of `values`, as many as there are of `others`: a run that ended early may have recorded one field for
/// longer than another.
std::vector<double> as_many(std::span<const double> values, std::size_t others) {
  const auto common = values.first(std::min(values.size(), others));
  return {common.begin(), common.end()};
}

std::vector<Curve> curves_of(std::span<const double> time, const TraceRow& row, const Span& axis, const Span& range) {
  std::vector<Curve> all;
  for (std::size_t i = 0; i < std::min(row.low.size(), row.high.size()); ++i)
    all.push_back({name_of(row, i), std::string(data_ink_name(i)), column_of(row, name_of(row, i)),
                   as_many(time, row.low[i].size()), as_many(row.low[i], time.size()),
                   as_many(row.high[i], time.size()), Shape::band});
  for (const Level& level : row.levels)
    all.push_back(
        {level.name, "muted", level.name, {axis.low, axis.high}, {level.value, level.value}, {}, Shape::dashes, 1.3});
  for (std::size_t i = 0; i < row.curves.size(); ++i)
    all.push_back({name_of(row, i), std::string(data_ink_name(i)), column_of(row, name_of(row, i)),
                   as_many(time, row.curves[i].size()), as_many(row.curves[i], time.size())});
  // Ticks share the lowest third of a row with curves, or a row of their own.
  const double height =
      range.length() * (row.curves.empty() ? 0.92 : 0.33) / double(std::max<std::size_t>(1, row.marks.size()));
  double low = range.low + 0.03 * range.length();
  for (const Marks& marks : row.marks) {
    const std::string name = name_of(row, marks.curve), colour(data_ink_name(marks.curve));
    const std::string column = name.empty() ? marks.column : fmt::format("{}, {}", marks.column, name);
    const std::size_t count = marks.x.size();
    if (!marks.y.empty()) {
      all.push_back({name, colour, column, marks.x, marks.y, {}, Shape::points, 0.55});
      continue;
    }
    all.push_back({name, colour, column, marks.x, std::vector<double>(count, low),
                   std::vector<double>(count, low + 0.85 * height), Shape::marks, 0.8});
    low += height;
  }
  return all;
}

/// Names of curves and levels at the right edge, beside where they end.
void name_curves(Figure& figure, const TraceRow& row, const Span& range, const Box& box) {
  std::vector<double> wanted;
  std::vector<std::pair<std::string, std::string>> labels;  // words, ink
  const auto add = [&](const std::string& words, std::string_view colour, double value) {
    if (words.empty()) return;
    labels.emplace_back(words, colour);
    wanted.push_back(std::isfinite(value) ? linear_pixel(value, range, box.bottom, box.top) : box.bottom);
  };
  for (std::size_t i = 0; i < row.names.size(); ++i)
    add(row.names[i], data_ink_name(i), i < row.curves.size() && !row.curves[i].empty() ? row.curves[i].back() : NAN);
  for (const Level& level : row.levels) add(level.name, "muted", level.value);
  const auto places = spread(wanted, 15, box.top + 4, box.bottom - 2);
  for (std::size_t i = 0; i < places.size(); ++i)
    figure.symbols_at(box.right + 8, places[i], labels[i].first,
                      "font 'sans-serif,12' tc rgb " + ink(labels[i].second));
}

}  // namespace

Picture trace_picture(std::span<const double> time, const std::vector<TraceRow>& rows, TraceAxis axis) {
  if (rows.empty() || time.size() < 2) return Absent{"Nothing was recorded over time in this run."};
  Figure figure(960, int(top + double(rows.size()) * (row_height + row_gap) + 50));
  Span span = axis.span;
  if (span.is_empty()) {
    span.include(time.front());
    span.include(time.back());
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const TraceRow& row = rows[r];
    const Span range = range_of(row);
    const double above = top + double(r) * (row_height + row_gap);
    const Box box{trace_left, above, trace_right, above + row_height};
    figure.panel(box);
    const bool is_last = r + 1 == rows.size();
    if (axis.is_log)
      set_log_axis(figure, 'x', span, is_last);
    else
      set_linear_axis(figure, 'x', span, 8, is_last);
    set_linear_axis(figure, 'y', range, 3, !row.curves.empty());
    if (row.curves.empty()) figure.add("unset ytics");
    set_axis_label(figure, 'y', row.label);
    if (is_last) set_axis_label(figure, 'x', axis.label);
    name_curves(figure, row, range, box);
    plot_curves(figure, curves_of(time, row, span, range));
  }
  return figure;
}

}  // namespace tripartite::report
