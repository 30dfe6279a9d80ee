#include <algorithm>
#include <cmath>

#include "host/report/activity.hpp"
#include "host/report/axis.hpp"
#include "host/report/colour_map.hpp"
#include "host/report/plot.hpp"
#include "host/report/trace_box.hpp"

namespace tripartite::report {
namespace {

constexpr double top = 16;

/// Counts of events in cells of about 3 x 3 pixels, none where there is no event.
KnownMap counts(const io::Spikes& events, double end, std::uint64_t nodes, const Box& box) {
  const auto columns = std::size_t(box.width() / 3);
  const auto rows = std::size_t(std::min(double(nodes), std::floor(box.height() / 3)));
  KnownMap map;
  const double width = end / double(columns), height = double(nodes) / double(rows);
  for (std::size_t i = 0; i < columns; ++i) map.x.push_back((double(i) + 0.5) * width);
  for (std::size_t i = 0; i < rows; ++i) map.y.push_back((double(i) + 0.5) * height - 0.5);
  map.values.assign(columns * rows, 0);
  for (std::size_t i = 0; i < events.times.size(); ++i) {
    const auto x = std::min(columns - 1, std::size_t(std::max(0.0, events.times[i] / width)));
    const auto y = std::min(rows - 1, std::size_t(double(events.nodes[i]) / height));
    map.values[y * columns + x] += 1;
  }
  for (double& value : map.values)
    if (value == 0) value = std::nan("");
  map.column = "events";
  return map;
}

void draw_events(Figure& figure, const io::Spikes& events, double end, std::uint64_t nodes) {
  if (events.times.size() > most_raster_dots) {
    const KnownMap map = counts(events, end, nodes, figure.known().box);
    Span range;
    range.include(1);
    range.include(map.values);
    plot_map(figure, map, range, sequential_colours(), "events per cell of the picture", 16);
    return;
  }
  Curve dots{"", "blue", "node", events.times, {}, {}, Shape::points, events.times.size() > 2000 ? 0.15 : 0.4};
  dots.y.assign(events.nodes.begin(), events.nodes.end());
  plot_curves(figure, {dots});
}

}  // namespace

Picture raster_picture(const io::Spikes& events, double end, std::uint64_t nodes, std::string_view node_label) {
  if (events.times.empty() || !(end > 0) || nodes == 0) return Absent{};
  Figure figure(960, 450);
  const Span time{0, end};
  const Box dots{trace_left, top, trace_right, 250}, rates{trace_left, 290, trace_right, 380};
  figure.panel(dots);
  set_linear_axis(figure, 'x', time, 8, false);
  set_linear_axis(figure, 'y', {-0.5, double(nodes) - 0.5}, int(std::min<std::uint64_t>(nodes, 5)));
  set_axis_label(figure, 'y', node_label);
  draw_events(figure, events, end, nodes);

  constexpr std::size_t bins = 200;
  std::vector<double> middle(bins), rate(bins);
  const double width = end / double(bins);
  for (std::size_t b = 0; b < bins; ++b) middle[b] = (double(b) + 0.5) * width;
  for (const double t : events.times)
    rate[std::min(bins - 1, std::size_t(std::max(0.0, t / width)))] += 1 / (width * double(nodes));
  Span range;
  range.include(0);
  range.include(rate);
  figure.panel(rates);
  set_linear_axis(figure, 'x', time, 8);
  range = with_margins(range, 0.08);
  range.low = 0;
  set_linear_axis(figure, 'y', range, 3);
  set_axis_label(figure, 'x', "time [s]");
  set_axis_label(figure, 'y', "rate [1/s]");
  plot_curves(figure, {{"", "vermilion", "rate [1/s]", middle, rate, {}, Shape::bars}});
  return figure;
}

}  // namespace tripartite::report
