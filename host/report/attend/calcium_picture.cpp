#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/report/attend/pictures.hpp"
#include "host/report/axis.hpp"
#include "host/report/html.hpp"
#include "host/report/plot.hpp"
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report::attend {

Titled calcium_picture(const RunFiles& run) {
  const auto& calcium = part_at(run.summary, "/results/calcium");
  const auto values = [&](const char* pointer) {
    const auto& part = part_at(calcium, pointer);
    std::vector<double> numbers;
    numbers.reserve(part.size());
    for (const auto& each : part) numbers.push_back(each.is_number() ? each.get<double>() : NAN);
    return numbers;
  };
  const std::vector<double> production = values("/production"), settled = values("/settled"),
                            lowest = values("/lowest"), highest = values("/highest");
  if (production.empty() || settled.size() != production.size() || lowest.size() != production.size() ||
      highest.size() != production.size())
    return {};

  // p / (kappa gain) in units of calcium: the calcium at which a head reads p = G.
  std::vector<double> slopes;
  slopes.reserve(part_at(calcium, "/heads").size());
  for (const auto& head : part_at(calcium, "/heads"))
    slopes.push_back(1 / (number_at(head, "/production") * number_at(head, "/gain")));
  const double slope = slopes.empty() ? NAN : quartiles(slopes).median, rest = settled.front();
  std::vector<double> straight;
  straight.reserve(production.size());
  for (const double rate : production) straight.push_back(rest + slope * rate);

  Span x, y;
  x.include(production);
  for (const auto& column : {lowest, highest, straight}) y.include(column);
  x = with_margins(x, 0.03);
  y = with_margins(y);
  Figure figure(960, 400);
  const Box box{90, 16, 950, 331};
  figure.panel(box);
  set_linear_axis(figure, 'x', x, 8);
  set_linear_axis(figure, 'y', y, 6);
  set_axis_label(figure, 'x', "IP3 production κ G caused by the global calcium [µM/s]");
  set_axis_label(figure, 'y', "calcium C [µM]");
  figure.words_at(box.left + 14, box.top + 16, "settled calcium; band: where it oscillates",
                  "left tc rgb " + ink("blue"));
  figure.words_at(box.left + 14, box.top + 38, "C at which p = G, median of the heads",
                  "left tc rgb " + ink("vermilion"));
  const auto curve = [&](const char* name, const char* colour, const std::vector<double>& level, Shape shape,
                         double wide) {
    return report::Curve{.name = name,
                         .ink = colour,
                         .column = fmt::format("{} [µM]", name),
                         .x = production,
                         .y = level,
                         .shape = shape,
                         .width = wide};
  };
  report::Curve band = curve("oscillating calcium", "blue", lowest, Shape::band, 1);
  band.high = highest;
  plot_curves(figure, {band, curve("settled calcium", "blue", settled, Shape::line, 2.5),
                       curve("settled calcium", "blue", settled, Shape::points, 0.5),
                       curve("p = G", "vermilion", straight, Shape::dashes, 2)});
  const double from = number_at(calcium, "/oscillates_from");
  std::string title = fmt::format("Calcium settles at every production up to {} µM/s", number(production.back()));
  if (std::isfinite(from)) title = fmt::format("Calcium oscillates from a production of {} µM/s on", number(from));
  return {title, figure};
}

}  // namespace tripartite::report::attend
