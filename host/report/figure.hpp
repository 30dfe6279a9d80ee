#pragma once

#include <fmt/format.h>

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

  /// The placeholder for `words` in a command.
  std::string text(std::string_view words);

  /// Adds a data block with these columns, all of equal length, and returns its name. Non-finite values are gaps.
  std::string data(std::span<const std::vector<double>> columns);
  std::string data(std::initializer_list<std::vector<double>> columns);
  /// Adds a data block with a matrix, `values` row by row, and returns its name.
  std::string matrix(std::span<const double> values, std::size_t columns);

  /// Begins a plot whose axes enclose `box`, and resets all settings of the previous plot.
  void panel(const Box& box);

  /// Adds text at a position of the figure, in pixels. `style`: further arguments of gnuplot's `set label`.
  void words_at(double x, double y, std::string_view words, std::string_view style = "");

  /// Keeps the colours of images on a dark page, where colour scales are inverted otherwise.
  void keep_image_colours() { keeps_image_colours_ = true; }
  bool keeps_image_colours() const { return keeps_image_colours_; }

  int width() const { return width_; }
  int height() const { return height_; }
  std::string script() const;
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::string begin_block();

  int width_, height_;
  int blocks_ = 0;
  bool keeps_image_colours_ = false;
  std::string data_, commands_;
  std::vector<std::string> texts_;
};

/// The placeholder for text number `index` in the output of gnuplot.
std::string text_mark(std::size_t index);

}  // namespace tripartite::report
