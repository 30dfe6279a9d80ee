#include <algorithm>
#include <cmath>
#include <vector>

#include "host/report/axis.hpp"
#include "host/report/file_parts.hpp"
#include "host/report/recall/pictures.hpp"
#include "host/report/style.hpp"

namespace tripartite::report::recall {
namespace {

constexpr std::size_t most_cues = 20;  // more lines would be unreadable

/// One trace of the first cues.
struct Traces {
  std::vector<std::vector<double>> of_cue;
};

Traces read_traces(const io::Hdf5File& file, const std::string& name) {
  const auto array = read_ranked(file, "/traces/" + name, 2);
  Traces traces;
  for (std::size_t cue = 0; cue < std::min(array.shape[0], most_cues); ++cue) {
    const auto first = array.values.begin() + std::ptrdiff_t(cue * array.shape[1]);
    traces.of_cue.emplace_back(first, first + std::ptrdiff_t(array.shape[1]));
  }
  return traces;
}

struct Curves {
  const Traces* traces;
  const char* colour;
  std::string words;
};

void draw(Figure& figure, const Box& box, const Traces& time, const std::vector<Curves>& all, const char* label,
          double words_from_above) {
  Span times, values;
  for (const auto& cue : time.of_cue) times.include(cue);
  for (const Curves& curves : all)
    for (const auto& cue : curves.traces->of_cue) values.include(cue);
  times = with_margins(times, 0.02);
  values = with_margins(values);
  figure.panel(box);
  set_linear_axis(figure, 'x', times, 6);
  set_linear_axis(figure, 'y', values, 6);
  figure.add("set xlabel {}; set ylabel {} offset 1,0", figure.text("time [s]"), figure.text(label));
  std::string commands;
  for (const Curves& curves : all)
    for (std::size_t cue = 0; cue < curves.traces->of_cue.size(); ++cue)
      commands += fmt::format("{}{} with lines lw 1.6 lc rgb {}", commands.empty() ? "" : ", ",
                              figure.data({time.of_cue[cue], curves.traces->of_cue[cue]}), ink(curves.colour));
  for (const Curves& curves : all) {
    figure.words_at(box.right - 6, box.top + words_from_above, curves.words, "right tc rgb " + ink(curves.colour));
    words_from_above += 20;
  }
  figure.add("plot {}", commands);
}

}  // namespace

Picture trace_picture(const RecallFile& file) {
  for (const char* needed : {"/traces", "/traces/time", "/traces/overlap", "/traces/best_other"})
    if (const auto reason = why_missing(file, "recall.h5", needed)) return Absent{*reason};
  const Traces time = read_traces(*file, "time"), overlap = read_traces(*file, "overlap"),
               other = read_traces(*file, "best_other");
  Figure figure(960, 420);
  const bool has_energy = file->contains("/traces/energy");
  draw(figure, {80, 16, has_energy ? 480.0 : 930.0, 350}, time,
       {{&overlap, "blue", "with its own pattern"}, {&other, "vermilion", "largest with any other pattern"}},
       "overlap ξ·φ(x)/N [1]", 150);
  if (!has_energy) return figure;
  Traces energy = read_traces(*file, "energy");
  // Energies differ more between cues than within one; the picture therefore shows the energy above the final value.
  for (auto& cue : energy.of_cue) {
    const double end = cue.back();
    double most = 0;
    for (double& value : cue) most = std::max(most, std::abs(value -= end));
    for (double& value : cue) value /= most > 0 ? most : 1;
  }
  draw(figure, {580, 16, 940, 350}, time, {{&energy, "green", "one line per cue"}},
       "energy above the final value, relative to its maximum [1]", 16);
  return figure;
}

}  // namespace tripartite::report::recall
