#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/report/file_parts.hpp"
#include "host/report/recall/pictures.hpp"
#include "host/report/style.hpp"

namespace tripartite::report::recall {
namespace {

constexpr std::size_t in_a_row = 6, most_rows = 2;

struct Images {
  std::size_t count, width, height;
  std::vector<double> pattern, cue, recalled;  // [count x height x width]
  std::size_t neurons() const { return width * height; }
};

bool is_wrong(double pattern, double state) { return !(pattern * state > 0); }

/// 2 marks a wrong sign.
std::vector<double> pixels(const Images& images, const std::vector<double>& states, std::size_t index, bool marks) {
  std::vector<double> values;
  for (std::size_t i = index * images.neurons(); i < (index + 1) * images.neurons(); ++i)
    values.push_back(marks && is_wrong(images.pattern[i], states[i]) ? 2 : std::clamp(states[i], -1.0, 1.0));
  return values;
}

std::size_t wrong(const Images& images, const std::vector<double>& states, std::size_t index) {
  std::size_t count = 0;
  for (std::size_t i = index * images.neurons(); i < (index + 1) * images.neurons(); ++i)
    if (is_wrong(images.pattern[i], states[i])) ++count;
  return count;
}

/// `name` is drawn on the left, `result` below; either may be empty.
void draw(Figure& figure, const Box& box, const std::vector<double>& values, const Images& images,
          std::string_view name, std::string_view result) {
  figure.panel(box);
  figure.add("set xrange [-0.5:{}]; set yrange [{}:-0.5]; unset xtics; unset ytics; unset grid; set border 15",
             double(images.width) - 0.5, double(images.height) - 0.5);
  figure.words_at(box.left - 12, (box.top + box.bottom) / 2, name, "right tc rgb " + ink("text"));
  figure.words_at((box.left + box.right) / 2, box.bottom + 15, result, "center tc rgb " + ink("muted"));
  figure.add("set palette defined (-1 '#20242a', 1 '#f7f4ec', 1.001 '#d9480f', 2 '#d9480f'); set cbrange [-1:2]");
  figure.add("plot {} matrix with image", figure.matrix(values, images.width));
}

}  // namespace

Picture image_picture(const RecallFile& file) {
  if (const auto reason = why_missing(file, "recall.h5", "/states")) return Absent{*reason};
  const auto pattern = read_ranked(*file, "/states/pattern", 2);
  Images images{pattern.shape[0],
                std::size_t(file->read_attribute<std::int64_t>("/states", "width")),
                std::size_t(file->read_attribute<std::int64_t>("/states", "height")),
                pattern.values,
                {},
                {}};
  if (images.neurons() != pattern.shape[1] || images.width < 2 || images.height < 2)
    return Absent{"the patterns of this run are not images."};
  images.cue = read_shaped(*file, "/states/begin", pattern.shape).values;
  images.recalled = read_shaped(*file, "/states/end", pattern.shape).values;

  const std::size_t drawn = std::min(images.count, in_a_row * most_rows), rows = (drawn + in_a_row - 1) / in_a_row;
  const double left = 86, gap = 10, row_gap = 34;
  const double wide = std::min(190.0, (960 - left - gap * in_a_row) / double(std::min(drawn, in_a_row)));
  const double high = wide * double(images.height) / double(images.width);
  Figure figure(960, int(10 + double(rows) * (3 * (high + gap) + row_gap)));
  for (std::size_t i = 0; i < drawn; ++i) {
    const double x = left + double(i % in_a_row) * (wide + gap);
    const std::size_t row = i / in_a_row;
    double y = 10 + double(row) * (3 * (high + gap) + row_gap);
    for (const auto& [states, name] :
         {std::pair{&images.pattern, "pattern"}, {&images.cue, "cue"}, {&images.recalled, "recalled"}}) {
      const bool is_last = states == &images.recalled;
      const std::string result = fmt::format("wrong: {} → {}", wrong(images, images.cue, i), wrong(images, *states, i));
      draw(figure, {x, y, x + wide, y + high}, pixels(images, *states, i, is_last), images,
           i % in_a_row == 0 ? name : "", is_last ? result : "");
      y += high + gap;
    }
  }
  return figure;
}

}  // namespace tripartite::report::recall
