#include "host/report/sweep/map.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "host/report/axis.hpp"
#include "host/report/colour_map.hpp"

namespace tripartite::report {
namespace {

constexpr const char* floor_colour = "#d4d6da";
constexpr double floor_share = 0.06;  // of the colour scale
constexpr double no_value = std::numeric_limits<double>::quiet_NaN();

/// Where a value lies on an axis of equal cells, and the edges of the cells.
struct Cells {
  std::vector<double> centres;
  double width;
  explicit Cells(const GridAxis& axis) : centres(axis.values) {
    if (axis.is_log)
      for (double& value : centres) value = std::log10(value);
    width = centres.size() > 1 ? (centres.back() - centres.front()) / double(centres.size() - 1) : 1;
  }
  double edge(std::size_t cell) const { return centres.front() + (double(cell) - 0.5) * width; }
  Span span(std::size_t cells) const { return {edge(0), edge(cells)}; }
};

/// Marks at round values of a logarithmic axis that is drawn over the logarithm.
void set_marks_of_log(Figure& figure, char axis, const Span& logs) {
  figure.add("set {0}range [{1:.9g}:{2:.9g}]", axis, logs.low, logs.high);
  std::string marks;
  const bool is_short = logs.length() < 2;
  for (int exponent = int(std::floor(logs.low)); exponent <= int(std::ceil(logs.high)); ++exponent)
    for (const int factor : {1, 2, 5}) {
      const double value = factor * std::pow(10.0, exponent), place = std::log10(value);
      if (place < logs.low || place > logs.high || (factor != 1 && !is_short)) continue;
      marks += fmt::format("{}{} {:.9g}", marks.empty() ? "" : ", ", figure.text(fmt::format("{:g}", value)), place);
    }
  figure.add("set {}tics ({})", axis, marks);
}

void set_axis(Figure& figure, char name, const GridAxis& axis, const Span& span) {
  if (axis.is_log)
    set_marks_of_log(figure, name, span);
  else
    set_linear_axis(figure, name, span, 6);
  set_axis_label(figure, name, axis.label);
}

double round_step(double length, int marks) {
  const double raw = length / marks, decade = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * decade >= raw) return factor * decade;
  return 10 * decade;
}

/// The colour scale from the smallest to the largest value above the floor, with a part below for the floor. Returns
/// the value that is drawn in the colour of the floor.
double set_colours(Figure& figure, const GridMap& map) {
  Span span;
  bool has_floor = false;
  for (const double value : map.values)
    if (value > map.floor)
      span.include(value);
    else
      has_floor = true;
  if (span.is_empty()) {
    figure.add("set palette defined (0 '{0}', 1 '{0}'); set cbrange [0:1]; set cbtics ({1} 0.5)", floor_colour,
               figure.text(map.floor_label));
    return 0.5;
  }
  const bool is_one_value = !(span.length() > 0);
  const double value = span.low;
  if (is_one_value) span = with_margins(span);
  std::string palette(sequential_colours()), marks;
  double lowest = span.low, floor_value = no_value;
  if (has_floor) {
    palette = sequential_colours_above(floor_colour, floor_share);
    lowest = span.low - span.length() * floor_share / (1 - floor_share);
    floor_value = (lowest + span.low) / 2;
    marks = fmt::format("{} {:.9g}, ", figure.text(map.floor_label), floor_value);
  }
  const double step = round_step(span.length(), 5);
  const double clear = has_floor ? span.low + 0.02 * span.length() : span.low;  // of the mark of the floor
  bool is_first = true;
  const auto first = std::int64_t(std::ceil(clear / step)),
             last = std::int64_t(std::floor(span.high * (1 + 1e-9) / step));
  for (std::int64_t k = first; k <= last && !is_one_value; ++k) {
    const double mark = double(k) * step;
    marks += fmt::format("{}{} {:.9g}", is_first ? "" : ", ", figure.text(fmt::format("{:.4g}", mark)), mark);
    is_first = false;
  }
  const double only = is_one_value ? value : span.high;
  if (is_first) marks += fmt::format("{} {:.9g}", figure.text(fmt::format("{:.4g}", only)), only);
  figure.add("{}; set cbrange [{:.9g}:{:.9g}]; set cbtics ({})", palette, lowest, span.high, marks);
  return floor_value;
}

/// The edge between points inside and outside, piece by piece: beginning and extent.
std::string edge_data(Figure& figure, const Cells& x, const Cells& y, std::size_t rows,
                      const std::vector<bool>& inside) {
  const std::size_t columns = x.centres.size();
  std::vector<double> from_x, from_y, along_x, along_y;
  const auto piece = [&](double begin_x, double begin_y, double extent_x, double extent_y) {
    from_x.push_back(begin_x), from_y.push_back(begin_y);
    along_x.push_back(extent_x), along_y.push_back(extent_y);
  };
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const bool here = inside[r * columns + c];
      if (c + 1 < columns && here != inside[r * columns + c + 1]) piece(x.edge(c + 1), y.edge(r), 0, y.width);
      if (r + 1 < rows && here != inside[(r + 1) * columns + c]) piece(x.edge(c), y.edge(r + 1), x.width, 0);
    }
  return from_x.empty() ? std::string() : figure.data({from_x, from_y, along_x, along_y});
}

}  // namespace

Picture grid_maps(const GridAxis& x, const GridAxis& y, const std::vector<GridMap>& maps,
                  const std::vector<bool>& inside) {
  const std::size_t columns = x.values.size(), rows = columns == 0 ? 0 : inside.size() / columns;
  if (maps.empty() || rows == 0) return Absent{"No row of this sweep was finished."};
  constexpr double width = 960, panel_height = 400;
  const std::size_t lines = (maps.size() + 1) / 2;
  Figure figure(int(width), int(20 + panel_height * double(lines)));
  const Cells across(x), up(y);
  const std::string edge = edge_data(figure, across, up, rows, inside);
  for (std::size_t m = 0; m < maps.size(); ++m) {
    const GridMap& map = maps[m];
    const std::size_t row = m / 2;
    const double left = m % 2 == 0 ? 80 : 560, top = 40 + panel_height * double(row);
    const Box box{left, top, left + 300, top + 290};
    figure.panel(box);
    figure.words_at(left, top - 16, map.label, "left font 'sans-serif,14'");
    figure.add("unset grid");
    set_axis(figure, 'x', x, across.span(columns));
    set_axis(figure, 'y', y, up.span(rows));
    const double floor_value = set_colours(figure, map);
    figure.add("set colorbox user origin screen {:.4f}, screen {:.4f} size screen {:.4f}, screen {:.4f}",
               (box.right + 12) / width, 1 - box.bottom / figure.height(), 12.0 / width,
               box.height() / figure.height());
    std::vector<double> values = map.values;
    for (double& value : values)
      if (!(value > map.floor)) value = floor_value;
    std::string plot =
        fmt::format("plot {} matrix using ({:.10g}+$1*{:.10g}):({:.10g}+$2*{:.10g}):3 with image",
                    figure.matrix(values, columns), across.centres.front(), across.width, up.centres.front(), up.width);
    if (!edge.empty())
      for (const char* line : {"lw 3.5 lc rgb '#101010'", "lw 1.5 lc rgb '#fcfcfc'"})
        plot += fmt::format(", {} using 1:2:3:4 with vectors nohead {}", edge, line);
    figure.add("{}", plot);
  }
  return figure;
}

}  // namespace tripartite::report
