#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/report/attend/pictures.hpp"
#include "host/report/axis.hpp"
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report::attend {

Picture calcium_picture(const RunFiles& run) {
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
    return Absent{"the calcium of this run is linear, or the run has no calibration data."};

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
  figure.add("set xlabel {}; set ylabel {} offset 1,0",
             figure.text("IP3 production κ G caused by the global calcium [uM/s]"), figure.text("calcium C [uM]"));
  const std::string block = figure.data({production, lowest, settled, highest, straight});
  figure.words_at(box.left + 14, box.top + 16, "settled calcium; band: where it oscillates",
                  "left tc rgb " + ink("blue"));
  figure.words_at(box.left + 14, box.top + 38, "C at which p = G, median of the heads",
                  "left tc rgb " + ink("vermilion"));
  figure.add(
      "plot {0} using 1:2:4 with filledcurves fs transparent solid 0.2 noborder fc rgb {1}, {0} using 1:3 with "
      "linespoints pt 7 ps 0.5 lw 2.5 lc rgb {1}, {0} using 1:5 with lines lw 2 dt (7,5) lc rgb {2}",
      block, ink("blue"), ink("vermilion"));
  return figure;
}

}  // namespace tripartite::report::attend
