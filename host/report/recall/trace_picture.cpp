#include <algorithm>
#include <cmath>
#include <vector>

#include "host/report/axis.hpp"
#include "host/report/file_parts.hpp"
#include "host/report/plot.hpp"
#include "host/report/recall/pictures.hpp"
#include "host/report/style.hpp"

namespace tripartite::report::recall {
namespace {

constexpr std::size_t most_cues = 20;  // more lines would be unreadable
constexpr double visible = 0.005;      // of the height of a panel
constexpr double margin = 0.3;         // of the time until nothing visible changes

/// One trace of the first cues.
using Traces = std::vector<std::vector<double>>;

Traces read_traces(const io::Hdf5File& file, const std::string& name) {
  const auto array = read_ranked(file, "/traces/" + name, 2);
  Traces traces;
  for (std::size_t cue = 0; cue < std::min(array.shape[0], most_cues); ++cue) {
    const auto first = array.values.begin() + std::ptrdiff_t(cue * array.shape[1]);
    traces.emplace_back(first, first + std::ptrdiff_t(array.shape[1]));
  }
  return traces;
}

/// Energies differ more between cues than within one: what is left of the fall, from 1 to 0.
Traces falls_of(Traces energies) {
  for (auto& cue : energies) {
    const double end = cue.back();
    double most = 0;
    for (double& value : cue) most = std::max(most, std::abs(value -= end));
    for (double& value : cue) value /= most > 0 ? most : 1;
  }
  return energies;
}

/// The traces of a file that has them.
struct Course {
  explicit Course(const io::Hdf5File& file)
      : time(read_traces(file, "time")), overlap(read_traces(file, "overlap")), other(read_traces(file, "best_other")) {
    if (file.contains("/traces/energy")) fall = falls_of(read_traces(file, "energy"));
  }
  Traces time, overlap, other, fall;
};

/// The time after which no curve moves visibly away from where it ends.
double time_of_last_change(const Course& course) {
  double last = 0;
  for (const Traces* traces : {&course.overlap, &course.other, &course.fall})
    for (std::size_t cue = 0; cue < traces->size(); ++cue) {
      const auto& values = (*traces)[cue];
      for (std::size_t k = values.size(); k-- > 0;)
        if (std::abs(values[k] - values.back()) > visible) {
          last = std::max(last, course.time[cue][std::min(k + 1, values.size() - 1)]);
          break;
        }
    }
  return last;
}

struct Curves {
  const Traces* traces;
  const char* colour;
  const char* name;
  const char* column;
};

void draw(Figure& figure, const Box& box, const Traces& time, const std::vector<Curves>& all, double end,
          const char* label) {
  Span values;
  for (const Curves& curves : all)
    for (const auto& cue : *curves.traces) values.include(cue);
  figure.panel(box);
  set_linear_axis(figure, 'x', {0, end}, 6);
  set_linear_axis(figure, 'y', with_margins(values), 6);
  set_axis_label(figure, 'x', "time [s]");
  set_axis_label(figure, 'y', label);
  std::vector<Curve> drawn;
  double x = box.left + 4;
  for (const Curves& curves : all) {
    for (std::size_t cue = 0; cue < curves.traces->size(); ++cue)
      drawn.push_back({.name = curves.name,
                       .ink = curves.colour,
                       .column = fmt::format("{} of cue {}", curves.column, cue),
                       .x = time[cue],
                       .y = (*curves.traces)[cue]});
    figure.words_at(x, box.top - 16, curves.name, "left tc rgb " + ink(curves.colour));
    x += 150;
  }
  plot_curves(figure, drawn);
}

}  // namespace

double settling_time(const RecallFile& file) {
  if (!file || !file->contains("/traces/overlap")) return std::nan("");
  return time_of_last_change(Course(*file));
}

Picture trace_picture(const RecallFile& file) {
  if (!file || !file->contains("/traces/overlap")) return Absent{};
  const Course course(*file);
  double longest = 0;
  for (const auto& cue : course.time) longest = std::max(longest, cue.back());
  const double last = time_of_last_change(course);
  const double end = last > 0 ? std::min(longest, (1 + margin) * last) : longest;
  if (!(end > 0)) return Absent{"no step was recorded."};
  Figure figure(960, 420);
  const bool has_energy = !course.fall.empty();
  draw(figure, {80, 40, has_energy ? 480.0 : 930.0, 350}, course.time,
       {{&course.overlap, "blue", "own pattern", "overlap with its own pattern [1]"},
        {&course.other, "vermilion", "nearest other pattern", "largest overlap with another pattern [1]"}},
       end, "overlap ξ·φ(x)/N [1]");
  if (has_energy)
    draw(figure, {580, 40, 940, 350}, course.time,
         {{&course.fall, "green", "energy, one line per cue", "(E − E_end) / max|E − E_end| [1]"}}, end,
         "(E − E_end) / max|E − E_end| [1]");
  return figure;
}

}  // namespace tripartite::report::recall
