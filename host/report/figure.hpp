#pragma once

#include <fmt/format.h>

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tripartite::report {

/// A rectangle of a figure in pixels, from its upper left corner.
struct Box {
  double left, top, right, bottom;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

/// The range of an axis. Grows with the values to show; values that are not finite are ignored.
struct Span {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  bool is_empty() const { return !(low <= high); }
  double length() const { return high - low; }
  void include(double value);
  void include(std::span<const double> values);
  /// Like include, for a logarithmic axis: values that are not positive are ignored.
  void include_positive(double value);
};

/// What the page's script knows about an axis.
struct AxisRange {
  Span span;
  bool is_log = false;
  std::string label;
};

/// How a curve is drawn. Bars stand on 0; marks are vertical ticks.
enum class Shape { line, dashes, points, bars, band, marks };

/// A curve as the page's script knows it.
struct KnownCurve {
  std::string name;    // of the legend, where curves of one name are one entry; empty: it has none
  std::string ink;     // name of a colour of style.hpp
  std::string column;  // what the numbers are, as the head of a CSV column: "C of synapse 0 [µM]"
  Shape shape = Shape::line;
  std::size_t x = 0;  // number of a column of the figure
  std::vector<double> y;
  std::vector<double> high;  // of a band its upper edge, of marks their upper ends
};

/// A map of values over x and y, as the page's script knows it.
struct KnownMap {
  std::vector<double> x, y, values;  // row by row
  std::string column;
};

/// A panel as the page's script knows it.
struct KnownPanel {
  Box box;
  AxisRange x, y;
  std::vector<KnownCurve> curves;
  std::vector<KnownMap> maps;
  double y_numbers = 0;  // [px] how wide the numbers beside axis y are
};

/// One picture as a script for gnuplot. The script contains only this program's commands and numbers: texts to be
/// drawn are kept here and gnuplot gets only their indices, so that no text, whatever its origin, can be a command.
class Figure {
 public:
  Figure(int width, int height);

  /// Adds one line to the script. Pass texts only through text() and data only through data().
  template <class... Args>
  void add(fmt::format_string<Args...> command, Args&&... args) {
    commands_ += fmt::format(command, std::forward<Args>(args)...);
    commands_ += '\n';
  }

  /// A text to be drawn.
  struct Text {
    std::string words;
    bool has_symbols = false;  // whose indices are drawn below the line
  };

  /// The placeholder for `words` in a command.
  std::string text(std::string_view words);
  /// The same for words of this program, with symbols such as "C_Θ".
  std::string symbols(std::string_view words);

  /// Adds a data block with these columns, all of equal length, and returns its name. Non-finite values are gaps.
  std::string data(std::span<const std::vector<double>> columns);
  std::string data(std::initializer_list<std::vector<double>> columns);
  /// Adds a data block with a matrix, `values` row by row, and returns its name.
  std::string matrix(std::span<const double> values, std::size_t columns);

  /// Begins a plot whose axes enclose `box`, and resets all settings of the previous plot.
  void panel(const Box& box);

  /// Adds text at a position of the figure, in pixels. `style`: further arguments of gnuplot's `set label`.
  void words_at(double x, double y, std::string_view words, std::string_view style = "");
  void symbols_at(double x, double y, std::string_view words, std::string_view style = "");

  /// The panel that was begun last. What it is told, beside what gnuplot draws, is what the page's script shows as
  /// values at the pointer, redraws when it zooms, and writes as CSV.
  KnownPanel& known() { return panels_.back(); }
  const std::vector<KnownPanel>& panels() const { return panels_; }
  /// The number of a column with the places of points; curves with equal places share one.
  std::size_t column(std::span<const double> values);
  const std::vector<std::vector<double>>& columns() const { return columns_; }

  int width() const { return width_; }
  int height() const { return height_; }
  std::string script() const;
  const std::vector<Text>& texts() const { return texts_; }

 private:
  std::string begin_block();
  void place(double x, double y, const std::string& text, std::string_view style);

  int width_, height_;
  int blocks_ = 0;
  std::string data_, commands_;
  std::vector<Text> texts_;
  std::vector<KnownPanel> panels_;
  std::vector<std::vector<double>> columns_;
};

/// The placeholder for text number `index` in the output of gnuplot.
std::string text_mark(std::size_t index);

}  // namespace tripartite::report
