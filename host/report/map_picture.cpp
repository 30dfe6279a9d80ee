#include <cmath>

#include "host/report/activity.hpp"
#include "host/report/axis.hpp"
#include "host/report/colour_map.hpp"
#include "host/report/plot.hpp"

namespace tripartite::report {
namespace {

std::vector<double> scaled(std::vector<double> values, bool is_log) {
  if (is_log)
    for (double& value : values) value = std::log10(value);
  return values;
}

/// From half a cell before the first value to half a cell behind the last.
Span edges(const std::vector<double>& values) {
  const double half = values.size() > 1 ? (values.back() - values.front()) / double(values.size() - 1) / 2 : 0.5;
  return {values.front() - half, values.back() + half};
}

}  // namespace

Picture map_picture(const std::vector<Map>& maps) {
  if (maps.empty()) return Absent{"This run has no maps."};
  const std::size_t rows = (maps.size() + 1) / 2;
  Figure figure(960, int(20 + 400 * rows));
  for (std::size_t m = 0; m < maps.size(); ++m) {
    const Map& map = maps[m];
    const std::size_t row = m / 2;
    const double x0 = m % 2 == 0 ? 80 : 560, y0 = 40 + 400 * double(row);
    figure.panel({x0, y0, x0 + 300, y0 + 290});
    figure.symbols_at(x0, y0 - 16, map.label, "left font 'sans-serif,14'");
    const KnownMap shown{scaled(map.x, map.log_x), scaled(map.y, map.log_y), map.values, map.label};
    set_linear_axis(figure, 'x', edges(shown.x), 4);
    set_linear_axis(figure, 'y', edges(shown.y), 4);
    set_axis_label(figure, 'x', (map.log_x ? "log10 " : "") + map.x_label);
    set_axis_label(figure, 'y', (map.log_y ? "log10 " : "") + map.y_label);
    plot_map(figure, shown, map.range, sequential_colours(), "");
  }
  return figure;
}

}  // namespace tripartite::report
