#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/report/figure.hpp"

namespace tripartite::report {

/// One curve of a panel.
struct Curve {
  std::string name;    // of the legend; empty: it has no entry
  std::string ink;     // name of a colour of style.hpp
  std::string column;  // head of a CSV column
  std::vector<double> x, y;
  std::vector<double> high{};  // of a band its upper edge, of marks their upper ends
  Shape shape = Shape::line;
  double width = 1.6;  // [px] of lines, else the size of points relative to the terminal's
};

/// Draws the curves of the current panel, whose axes are set, in their order, and tells the page's script about them.
/// Lines with more points than pixels are drawn as their envelope. Not to be called twice in one panel.
void plot_curves(Figure& figure, const std::vector<Curve>& curves);

/// Draws a map of evenly spaced x and y, `values` row by row, in the current panel, with the colours of `palette`
/// (colour_map.hpp) between `range.low` and `range.high`, and a scale with `label` beside it, `gap` pixels off.
void plot_map(Figure& figure, const KnownMap& map, const Span& range, std::string_view palette, std::string_view label,
              double gap = 12);

}  // namespace tripartite::report
