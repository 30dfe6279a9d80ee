#include "host/report/figure.hpp"

#include <algorithm>
#include <cmath>

#include "host/report/style.hpp"

namespace tripartite::report {
namespace {

void append(std::string& block, double value) {
  if (std::isfinite(value))
    block += fmt::format("{:.8g}", value);
  else
    block += "NaN";
}

}  // namespace

void Span::include(double value) {
  if (!std::isfinite(value)) return;
  low = std::min(low, value);
  high = std::max(high, value);
}

void Span::include(std::span<const double> values) {
  for (const double value : values) include(value);
}

void Span::include_positive(double value) {
  if (value > 0) include(value);
}

Figure::Figure(int width, int height) : width_(width), height_(height) {}

std::string text_mark(std::size_t index) { return fmt::format("@t{}@", index); }

std::string Figure::text(std::string_view words) {
  texts_.push_back({std::string(words)});
  return fmt::format("'{}'", text_mark(texts_.size() - 1));
}

std::string Figure::symbols(std::string_view words) {
  std::string mark = text(words);
  texts_.back().has_symbols = true;
  return mark;
}

std::string Figure::begin_block() {
  std::string name = fmt::format("$d{}", blocks_++);
  data_ += name + " << END\n";
  return name;
}

std::string Figure::data(std::span<const std::vector<double>> columns) {
  std::string name = begin_block();
  for (std::size_t row = 0; !columns.empty() && row < columns.front().size(); ++row) {
    for (const auto& column : columns) {
      append(data_, column[row]);
      data_ += ' ';
    }
    data_ += '\n';
  }
  data_ += "END\n";
  return name;
}

std::string Figure::data(std::initializer_list<std::vector<double>> columns) {
  return data(std::span<const std::vector<double>>(columns.begin(), columns.size()));
}

std::string Figure::matrix(std::span<const double> values, std::size_t columns) {
  std::string name = begin_block();
  for (std::size_t i = 0; i < values.size(); ++i) {
    append(data_, values[i]);
    data_ += (i + 1) % columns == 0 ? '\n' : ' ';
  }
  data_ += "END\n";
  return name;
}

std::size_t Figure::column(std::span<const double> values) {
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [&](const auto& each) { return std::ranges::equal(each, values); });
  if (found != columns_.end()) return std::size_t(found - columns_.begin());
  columns_.emplace_back(values.begin(), values.end());
  return columns_.size() - 1;
}

void Figure::panel(const Box& box) {
  panels_.push_back({box, {}, {}, {}, {}, 0});
  add("unset label; unset object; unset arrow; unset logscale; unset xlabel; unset ylabel; unset title; unset key");
  add("set xtics autofreq; set ytics autofreq font 'sans-serif,14'; set format '%g'; set autoscale; unset colorbox");
  add("set border 3 lw 1 lc rgb {0}; set tics nomirror out scale 0.5; unset mxtics; unset mytics", ink("muted"));
  add("set grid lt 1 lw 1 lc rgb {}", ink("grid"));
  add("set lmargin at screen {:.5f}; set rmargin at screen {:.5f}", box.left / width_, box.right / width_);
  add("set tmargin at screen {:.5f}; set bmargin at screen {:.5f}", 1 - box.top / height_, 1 - box.bottom / height_);
}

void Figure::place(double x, double y, const std::string& text, std::string_view style) {
  add("set label {} at screen {:.5f},{:.5f} {}", text, x / width_, 1 - y / height_, style);
}

void Figure::words_at(double x, double y, std::string_view words, std::string_view style) {
  place(x, y, text(words), style);
}

void Figure::symbols_at(double x, double y, std::string_view words, std::string_view style) {
  place(x, y, symbols(words), style);
}

std::string Figure::script() const {
  // No gnuplot markup in text, and fixed settings instead of the user's locale.
  return fmt::format(
      "set encoding utf8\nset decimalsign '.'\n"
      "set terminal svg size {},{} dynamic background {} font 'sans-serif,14' noenhanced\n"
      "set datafile missing 'NaN'\nset clip two\n{}set multiplot\n{}unset multiplot\n",
      width_, height_, ink("surface"), data_, commands_);
}

}  // namespace tripartite::report
