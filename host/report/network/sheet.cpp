#include "host/report/network/sheet.hpp"

#include <algorithm>
#include <cmath>

#include "host/report/activity.hpp"
#include "host/report/axis.hpp"
#include "host/report/colour_map.hpp"
#include "host/report/plot.hpp"
#include "host/report/trace_box.hpp"

namespace tripartite::report::network {
namespace {

constexpr std::size_t shown = 4;

/// Frames at which the sheets are shown: evenly between the first rise of calcium and the last, or over the run.
std::vector<std::size_t> frames_of(const Recorded& calcium) {
  const auto rise = rise_of(calcium);
  const std::size_t last = calcium.time.size() - 1;
  const bool is_wave = rise && rise->last > rise->first;
  const double begin = is_wave ? rise->first : calcium.time.front(), end = is_wave ? rise->last : calcium.time.back();
  std::vector<std::size_t> frames;
  for (std::size_t m = 1; m <= shown; ++m) {
    const double t = begin + (end - begin) * double(m) / double(shown);
    const auto found = std::lower_bound(calcium.time.begin(), calcium.time.end(), t - 1e-9);
    frames.push_back(std::min(last, std::size_t(found - calcium.time.begin())));
  }
  return frames;
}

}  // namespace

Picture sheet_picture(const Recorded& calcium) {
  if (calcium.time.size() < 2) return Absent{};
  const std::size_t cells = calcium.curves.size();
  const auto width = std::size_t(std::ceil(std::sqrt(double(cells)))), height = (cells + width - 1) / width;
  std::vector<Map> maps;
  Span range;
  for (const std::size_t frame : frames_of(calcium)) {
    Map map{fmt::format("C of the somata [µM] at {:.4g} s", calcium.time[frame]), {}, {}, {}, "column", "row"};
    for (std::size_t i = 0; i < width; ++i) map.x.push_back(double(i));
    for (std::size_t i = 0; i < height; ++i) map.y.push_back(double(i));
    for (std::size_t i = 0; i < width * height; ++i)
      map.values.push_back(i < cells ? calcium.curves[i][frame] : std::nan(""));
    range.include(map.values);
    maps.push_back(std::move(map));
  }
  for (Map& map : maps) map.range = range;
  return map_picture(maps);
}

Picture soma_picture(const Recorded& calcium) {
  const std::size_t frames = calcium.time.size(), cells = calcium.curves.size();
  if (frames < 2 || cells < 2) return Absent{};
  Figure figure(960, 450);
  const Box box{trace_left, 20, trace_right, 370};
  const std::size_t columns = std::min(frames, std::size_t(box.width() / 2));
  const std::size_t rows = std::min(cells, std::size_t(box.height() / 2));
  KnownMap map;
  const double end = calcium.time.back() + (calcium.time[1] - calcium.time[0]), begin = calcium.time.front();
  const double width = (end - begin) / double(columns), height = double(cells) / double(rows);
  for (std::size_t c = 0; c < columns; ++c) map.x.push_back(begin + (double(c) + 0.5) * width);
  for (std::size_t r = 0; r < rows; ++r) map.y.push_back((double(r) + 0.5) * height - 0.5);
  Span range;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      double sum = 0;
      std::size_t count = 0;
      for (std::size_t cell = r * cells / rows; cell < (r + 1) * cells / rows; ++cell)
        for (std::size_t k = c * frames / columns; k < (c + 1) * frames / columns; ++k, ++count)
          sum += calcium.curves[cell][k];
      map.values.push_back(sum / double(count));
      range.include(map.values.back());
    }
  map.column = "C of the soma [µM]";
  figure.panel(box);
  set_linear_axis(figure, 'x', {begin, end}, 8);
  set_linear_axis(figure, 'y', {-0.5, double(cells) - 0.5}, 5);
  set_axis_label(figure, 'x', "time [s]");
  set_axis_label(figure, 'y', "astrocyte");
  plot_map(figure, map, range, sequential_colours(), map.column, 16);
  return figure;
}

}  // namespace tripartite::report::network
