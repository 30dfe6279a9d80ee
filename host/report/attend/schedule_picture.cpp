#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/report/attend/pictures.hpp"
#include "host/report/attend/studies.hpp"
#include "host/report/axis.hpp"
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report::attend {
namespace {

struct Study {
  const char* group;
  const char* axis;
  const char* used;   // JSON pointer to the time used by the run itself
  const char* tau;    // attribute with the time constant of the law [s]
  const char* words;  // description of the law
  double (*law)(double time, double tau);
};

// docs/models.md, part A: two equal filters in series; one filter.
constexpr Study studies[]{
    {"/studies/settle_time", "settle time [ms]", "/config/schedule/settle_time", "tau_input",
     "two filters in series: (1 + t/τ) e^(−t/τ), τ = {:g} ms",
     [](double time, double tau) { return (1 + time / tau) * std::exp(-time / tau); }},
    {"/studies/read_time", "read time [ms]", "/config/schedule/read_time", "tau_calcium",
     "one filter: e^(−t/τ), τ = {:g} ms", [](double time, double tau) { return std::exp(-time / tau); }},
};

constexpr double ms = 1e3;

void draw(Figure& figure, const Box& box, const Study& study, const RunFiles& run, const Curve& curve) {
  Span time, error;
  for (const double value : curve.x) time.include(value * ms);
  for (const auto* values : {&curve.low, &curve.median, &curve.high})
    for (const double value : *values) error.include_positive(value);
  time = with_margins(time, 0.03);
  error = with_log_margins(error);
  error.high *= 2;  // space for labels above the curves

  const double tau = run.attention->contains_attribute(study.group, study.tau)
                         ? run.attention->read_attribute<double>(study.group, study.tau)
                         : 0.0;
  std::vector<double> law_time, law_error;
  constexpr int samples = 200;
  for (int i = 0; i <= samples && tau > 0; ++i) {
    const double t = time.low + time.length() * i / samples;
    const double value = study.law(std::max(t, 0.0) / ms, tau);
    if (value < error.low || value > error.high) continue;
    law_time.push_back(t);
    law_error.push_back(value);
  }

  figure.panel(box);
  set_linear_axis(figure, 'x', time, 6);
  set_log_axis(figure, 'y', error);
  figure.add("set xlabel {}; set ylabel {} offset 1,0", figure.text(study.axis),
             figure.text("relative error against linear attention [1]"));
  std::string commands;
  if (const double used = number_at(run.summary, study.used) * ms; used > time.low && used < time.high) {
    const std::string line = figure.data({{used, used}, {error.low, error.high}});
    commands += fmt::format("{} with lines lw 1 dt (2,3) lc rgb {}, ", line, ink("muted"));
    figure.words_at(linear_pixel(used, time, box.left, box.right) + 7, box.top + 58, "this run",
                    "left tc rgb " + ink("muted"));
  }
  const std::string block = figure.data({curve.x, curve.low, curve.median, curve.high});
  commands += fmt::format(
      "{0} using ($1*1000):2:4 with filledcurves fs transparent solid 0.18 noborder fc rgb {1}, "
      "{0} using ($1*1000):3 with linespoints pt 7 ps 0.6 lw 2.5 lc rgb {1}",
      block, ink("blue"));
  if (law_time.size() > 1) {
    const std::string law = figure.data({law_time, law_error});
    commands += fmt::format(", {} with lines lw 2 dt (7,5) lc rgb {}", law, ink("vermilion"));
    figure.words_at(box.right - 6, box.top + 12, fmt::format(fmt::runtime(study.words), tau * ms),
                    "right tc rgb " + ink("vermilion"));
  }
  figure.words_at(box.right - 6, box.top + 34, "measured: median and middle half of the heads",
                  "right tc rgb " + ink("blue"));
  figure.add("plot {}", commands);
}

}  // namespace

Picture schedule_picture(const RunFiles& run) {
  if (const auto reason = why_missing(run.attention, "attention.h5", "/studies")) return Absent{*reason};
  const Box boxes[]{{80, 16, 465, 361}, {565, 16, 950, 361}};
  Figure figure(960, 430);
  std::size_t drawn = 0;
  for (const Study& study : studies) {
    if (!run.attention->contains(study.group)) continue;
    const Curve curve = read_curve(*run.attention, study.group, study.axis, "value");
    if (curve.x.empty() || !(largest(curve.median) > 0)) continue;
    draw(figure, boxes[drawn++], study, run, curve);
  }
  if (drawn == 0) return Absent{"attention.h5 of this run contains no study of settle and read time."};
  return figure;
}

}  // namespace tripartite::report::attend
