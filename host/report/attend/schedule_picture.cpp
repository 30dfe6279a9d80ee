#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/report/attend/pictures.hpp"
#include "host/report/attend/residue.hpp"
#include "host/report/attend/studies.hpp"
#include "host/report/axis.hpp"
#include "host/report/html.hpp"
#include "host/report/plot.hpp"
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report::attend {
namespace {

constexpr double ms = 1e3;

/// Time constants of the run [s].
struct Times {
  explicit Times(const RunFiles& run) {
    const auto at = [&](const char* pointer) { return number_at(run.summary, pointer); };
    input = at("/config/neuron/tau_input");
    // A write takes what passes the hidden and what passes the last layer: the slower of them decides.
    slower = std::max(at("/config/neuron/tau_hidden"), at("/config/neuron/tau_output"));
    hidden = at("/config/neuron/tau_hidden");
    calcium = at("/config/astrocyte/tau_calcium");
    write = at("/config/schedule/write_time");
    // The calcium of a model is no filter.
    has_filter = !part_at(run.summary, "/results").contains("calcium");
  }
  double input, slower, hidden, calcium, write;
  bool has_filter;
};

struct Study {
  const char* group;
  const char* axis;
  const char* used;  // JSON pointer to the time used by the run itself
  std::string (*words)(const Times& times);
  double (*law)(double time, const Times& times);  // docs/models.md, part A; NaN: there is none
};

constexpr Study studies[]{
    {"/studies/settle_time", "settle time [ms]", "/config/schedule/settle_time",
     [](const Times& t) {
       return fmt::format("left by filters of {:g} and {:g} ms, mean over the write", ms * t.input, ms * t.slower);
     },
     [](double time, const Times& t) {
       const double taus[]{t.input, t.slower};
       return t.input > 0 && t.slower > 0 && t.write > 0 ? mean_residue(taus, time, time + t.write) : std::nan("");
     }},
    {"/studies/read_time", "read time [ms]", "/config/schedule/read_time",
     [](const Times& t) {
       return fmt::format("left by filters of {:g}, {:g} and {:g} ms", ms * t.input, ms * t.hidden, ms * t.calcium);
     },
     [](double time, const Times& t) {
       const double taus[]{t.input, t.hidden, t.calcium};
       return t.has_filter && t.input > 0 && t.hidden > 0 && t.calcium > 0 ? residue(taus, time) : std::nan("");
     }},
};

void draw(Figure& figure, const Box& box, const Study& study, const RunFiles& run, const attend::Curve& curve) {
  Span time, error;
  for (const double value : curve.x) time.include(value * ms);
  for (const auto* values : {&curve.low, &curve.median, &curve.high})
    for (const double value : *values) error.include_positive(value);
  time = with_margins(time, 0.03);
  const Times times(run);
  std::vector<double> law_time, law_error;
  constexpr int samples = 100;
  for (int i = 0; i <= samples; ++i) {
    const double t = time.low + time.length() * i / samples, value = study.law(std::max(t, 0.0) / ms, times);
    if (std::isfinite(value)) law_time.push_back(t), law_error.push_back(value);
  }
  if (!law_error.empty()) error.include_positive(law_error.front());
  error = with_log_margins(error);
  for (double& value : law_error)
    if (value < error.low) value = std::nan("");

  figure.panel(box);
  set_linear_axis(figure, 'x', time, 6);
  set_log_axis(figure, 'y', error);
  set_axis_label(figure, 'x', study.axis);
  set_axis_label(figure, 'y', "relative error against linear attention [1]");
  if (const double used = number_at(run.summary, study.used) * ms; used > time.low && used < time.high) {
    figure.add("set arrow from first {0:.9g}, graph 0 to first {0:.9g}, graph 1 nohead back lw 1 dt (2,3) lc rgb {1}",
               used, ink("muted"));
    figure.words_at(linear_pixel(used, time, box.left, box.right) + 7, box.top + 14, "this run",
                    "left tc rgb " + ink("muted"));
  }
  std::vector<double> at = curve.x;
  for (double& value : at) value *= ms;
  std::vector<report::Curve> curves{{.name = "measured",
                                     .ink = "blue",
                                     .column = "middle half of the heads",
                                     .x = at,
                                     .y = curve.low,
                                     .high = curve.high,
                                     .shape = Shape::band},
                                    {.name = "measured",
                                     .ink = "blue",
                                     .column = "relative error, median of the heads",
                                     .x = at,
                                     .y = curve.median,
                                     .width = 2.5},
                                    {.name = "measured",
                                     .ink = "blue",
                                     .column = "median",
                                     .x = at,
                                     .y = curve.median,
                                     .shape = Shape::points,
                                     .width = 0.6}};
  figure.words_at(box.left, box.top - 40, "measured: median and middle half of the heads",
                  "left tc rgb " + ink("blue"));
  if (law_time.size() > 1) {
    curves.push_back({.name = "previous token",
                      .ink = "vermilion",
                      .column = "what is left of the previous token",
                      .x = law_time,
                      .y = law_error,
                      .shape = Shape::dashes,
                      .width = 2});
    figure.words_at(box.left, box.top - 18, study.words(times), "left tc rgb " + ink("vermilion"));
  }
  plot_curves(figure, curves);
}

}  // namespace

Titled schedule_picture(const RunFiles& run) {
  if (!run.attention || !run.attention->contains("/studies")) return {};
  const Box boxes[]{{80, 60, 465, 405}, {565, 60, 950, 405}};
  Figure figure(960, 474);
  std::size_t drawn = 0;
  std::string title = "How long a token must be held";
  for (const Study& study : studies) {
    if (!run.attention->contains(study.group)) continue;
    const attend::Curve curve = read_curve(*run.attention, study.group, study.axis, "value");
    if (curve.x.empty() || !(largest(curve.median) > 0)) continue;
    const double used = number_at(run.summary, study.used);
    for (std::size_t i = 0; i < curve.x.size(); ++i)
      if (std::abs(curve.x[i] - used) < 1e-9)
        title = fmt::format("At this run's settle and read times heads err by {} (median)", number(curve.median[i]));
    draw(figure, boxes[drawn++], study, run, curve);
  }
  if (drawn == 0) return {};
  return {title, figure};
}

}  // namespace tripartite::report::attend
