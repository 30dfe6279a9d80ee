#include "host/report/plot.hpp"

#include <algorithm>
#include <cmath>

#include "host/report/colour_map.hpp"
#include "host/report/envelope.hpp"
#include "host/report/style.hpp"

namespace tripartite::report {
namespace {

constexpr std::size_t detail = 2;  // buckets per pixel that the page's script has to zoom into

bool is_line(Shape shape) { return shape == Shape::line || shape == Shape::dashes || shape == Shape::band; }

struct Thinned {
  std::vector<double> x, y, high;
};

Thinned thinned(const Curve& curve, std::size_t buckets) {
  if (!is_line(curve.shape)) return {curve.x, curve.y, curve.high};
  const Envelope envelope(curve.x.size(), buckets);
  Thinned points{envelope.places(curve.x), envelope.values(curve.y), {}};
  if (!curve.high.empty()) points.high = envelope.values(curve.high);
  return points;
}

std::string command_of(Figure& figure, const Curve& curve, std::size_t buckets) {
  const Thinned points = thinned(curve, buckets);
  const std::string colour = ink(curve.ink);
  switch (curve.shape) {
    case Shape::line:
      return fmt::format("{} with lines lw {} lc rgb {}", figure.data({points.x, points.y}), curve.width, colour);
    case Shape::dashes:
      return fmt::format("{} with lines lw {} dt (7,5) lc rgb {}", figure.data({points.x, points.y}), curve.width,
                         colour);
    case Shape::points:
      return fmt::format("{} with points pt 7 ps {} lc rgb {}", figure.data({points.x, points.y}), curve.width, colour);
    case Shape::bars:
      return fmt::format("{} with boxes fs solid 0.8 noborder lc rgb {}", figure.data({points.x, points.y}), colour);
    case Shape::band:
      return fmt::format("{} using 1:2:3 with filledcurves fs transparent solid 0.22 noborder fc rgb {}",
                         figure.data({points.x, points.y, points.high}), colour);
    case Shape::marks:
      return fmt::format("{} using 1:2:(0):($3-$2) with vectors nohead lw {} lc rgb {}",
                         figure.data({points.x, points.y, points.high}), curve.width, colour);
  }
  return {};
}

}  // namespace

void plot_curves(Figure& figure, const std::vector<Curve>& curves) {
  const auto pixels = std::size_t(std::max(1.0, figure.known().box.width()));
  std::string commands;
  for (const Curve& curve : curves) {
    commands += (commands.empty() ? "" : ", ") + command_of(figure, curve, pixels);
    Thinned points = thinned(curve, detail * pixels);
    figure.known().curves.push_back({curve.name, curve.ink, curve.column, curve.shape, figure.column(points.x),
                                     std::move(points.y), std::move(points.high)});
  }
  // An empty plot still has axes.
  figure.add("plot {}", commands.empty() ? "NaN notitle" : commands);
}

void plot_map(Figure& figure, const KnownMap& map, const Span& range, std::string_view palette, std::string_view label,
              double gap) {
  const Box& box = figure.known().box;
  const auto step = [](const std::vector<double>& values) {
    return values.size() > 1 ? (values.back() - values.front()) / double(values.size() - 1) : 1;
  };
  const double width = figure.width(), height = figure.height();
  figure.add("unset grid; {}", palette);
  figure.add("set colorbox user origin screen {:.4f}, screen {:.4f} size screen {:.4f}, screen {:.4f} noborder",
             (box.right + gap) / width, 1 - box.bottom / height, 12 / width, box.height() / height);
  if (!range.is_empty()) {
    const double half = range.length() > 0 ? 0 : std::max(1e-12, 1e-3 * std::abs(range.low));
    figure.add("set cbrange [{:.9g}:{:.9g}]", range.low - half, range.high + half);
  }
  if (!label.empty()) figure.add("set cblabel {}", figure.symbols(label));
  figure.add("plot {} matrix using ({:.10g}+$1*{:.10g}):({:.10g}+$2*{:.10g}):3 with image",
             figure.matrix(map.values, map.x.size()), map.x.front(), step(map.x), map.y.front(), step(map.y));
  figure.known().maps.push_back(map);
}

}  // namespace tripartite::report
