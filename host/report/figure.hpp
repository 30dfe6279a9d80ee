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

/// One picture as a script for gnuplot. The script is made of commands of this program and of numbers: a text to be
/// drawn is kept here and only its number goes to gnuplot, so that no text, wherever it comes from, is ever a command.
class Figure {
 public:
  Figure(int width, int height);

  /// One line of the script. Texts only through text(), data only through data().
  template <class... Args>
  void add(fmt::format_string<Args...> command, Args&&... args) {
    commands_ += fmt::format(command, std::forward<Args>(args)...);
    commands_ += '\n';
  }

  /// Stands for `words` in a command.
  std::string text(std::string_view words);

  /// The name of a data block with these columns, all of one length. Values that are not finite are gaps.
  std::string data(std::span<const std::vector<double>> columns);
  std::string data(std::initializer_list<std::vector<double>> columns);
  /// The name of a data block that holds a matrix, `values` row by row.
  std::string matrix(std::span<const double> values, std::size_t columns);

  /// Begins a plot whose axes enclose `box`, with nothing left over from the plot before.
  void panel(const Box& box);

  /// Words at a place of the figure, in pixels. `style`: further words of gnuplot's `set label`.
  void words_at(double x, double y, std::string_view words, std::string_view style = "");

  /// Images keep their colours on a dark page, where scales of colour are turned around.
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

/// What stands for text number `index` in what gnuplot writes.
std::string text_mark(std::size_t index);

}  // namespace tripartite::report
