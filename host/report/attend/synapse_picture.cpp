#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "host/report/attend/pictures.hpp"
#include "host/report/attend/synapse_traces.hpp"
#include "host/report/axis.hpp"
#include "host/report/html.hpp"
#include "host/report/plot.hpp"
#include "host/report/style.hpp"

namespace tripartite::report::attend {
namespace {

constexpr double left = 96, right = 800, top = 104, row_height = 138, row_gap = 18, stretch_gap = 26;
constexpr double letter = 7.5;  // [px] approximate width of a letter of 12 px

struct PhaseInk {
  const char* kind;
  const char* colour;
};
constexpr PhaseInk phase_inks[]{{"write", "amber"}, {"read", "sky"}, {"delay", "grey"}};

/// Horizontal extent of each stretch of time in pixels: proportional to its duration, with a minimum width.
std::vector<std::pair<double, double>> place_stretches(const std::vector<Stretch>& stretches) {
  const double room = right - left - stretch_gap * static_cast<double>(stretches.size() - 1);
  double longest = 0, weight = 0;
  for (const Stretch& each : stretches) longest = std::max(longest, each.end - each.begin);
  const auto weight_of = [&](const Stretch& each) { return std::max(each.end - each.begin, 0.5 * longest); };
  for (const Stretch& each : stretches) weight += weight_of(each);
  std::vector<std::pair<double, double>> places;
  double x = left;
  for (const Stretch& each : stretches) {
    const double width = room * weight_of(each) / weight;
    places.emplace_back(x, x + width);
    x += width + stretch_gap;
  }
  return places;
}

void shade(Figure& figure, const Stretch& stretch) {
  for (const PhaseSpan& phase : stretch.phases) {
    if (phase.token != stretch.phases.front().token)
      figure.add("set arrow from first {0:.9g}, graph 0 to first {0:.9g}, graph 1 nohead back lw 1 lc rgb {1}",
                 phase.begin, ink("line"));
    for (const PhaseInk& each : phase_inks)
      if (phase.kind == each.kind)
        figure.add(
            "set object rectangle from first {:.9g}, graph 0 to first {:.9g}, graph 1 behind fc rgb {} "
            "fs transparent solid 0.17 noborder",
            phase.begin, phase.end, ink(each.colour));
  }
}

/// Labels above the panels: the kind and token of each phase.
void name_phases(Figure& figure, const Stretch& stretch, double x_first, double x_last,
                 const std::vector<std::string>& tokens) {
  const Span time{stretch.begin, stretch.end};
  const auto pixel = [&](double value) { return linear_pixel(value, time, x_first, x_last); };
  const bool fits = std::all_of(stretch.phases.begin(), stretch.phases.end(), [&](const PhaseSpan& each) {
    return pixel(each.end) - pixel(each.begin) > letter * static_cast<double>(each.kind.size());
  });
  for (std::size_t i = 0; i < stretch.phases.size(); ++i) {
    const PhaseSpan& phase = stretch.phases[i];
    const double middle = (pixel(phase.begin) + pixel(phase.end)) / 2;
    figure.words_at(
        middle, fits ? top - 12 : top - 8, phase.kind,
        fmt::format("{} font 'sans-serif,12' tc rgb {}", fits ? "center" : "left rotate by 90", ink("muted")));
    if (i > 0 && stretch.phases[i - 1].token == phase.token) continue;
    double end = phase.end;
    for (std::size_t k = i; k < stretch.phases.size() && stretch.phases[k].token == phase.token; ++k)
      end = stretch.phases[k].end;
    const double width = pixel(end) - pixel(phase.begin);
    const auto index = static_cast<std::size_t>(std::max(phase.token, 0));
    const std::string name = index < tokens.size() ? token_name(tokens[index]) : fmt::format("token {}", phase.token);
    if (phase.kind == "delay") continue;
    figure.words_at((pixel(phase.begin) + pixel(end)) / 2, top - 62,
                    shorten(name, static_cast<std::size_t>(std::max(2.0, width / letter - 1))),
                    "center font 'sans-serif,13'");
  }
}

/// Labels at the ends of the curves; curves that coincide in this field share a label.
void name_curves(Figure& figure, const SynapseTraces& traces, const TraceField& field, const Span& range,
                 const Box& row) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < field.values.size(); ++i) {
    const auto alike = [&](const std::vector<std::size_t>& group) {
      const auto& other = field.values[group.front()];
      for (std::size_t k = 0; k < other.size(); ++k)
        if (std::abs(other[k] - field.values[i][k]) > 0.004 * range.length()) return false;
      return true;
    };
    if (const auto found = std::find_if(groups.begin(), groups.end(), alike); found != groups.end())
      found->push_back(i);
    else
      groups.push_back({i});
  }
  const double shown_until = traces.stretches.back().end + 1e-6;
  const auto after = std::upper_bound(traces.time.begin(), traces.time.end(), shown_until);
  const std::size_t end = after == traces.time.begin() ? 0 : static_cast<std::size_t>(after - traces.time.begin()) - 1;
  std::vector<double> wanted;
  for (const auto& group : groups) {
    const double last = field.values[group.front()][end];
    wanted.push_back(std::isfinite(last) ? linear_pixel(last, range, row.bottom, row.top) : row.bottom);
  }
  const auto places = spread(wanted, 18, row.top + 4, row.bottom - 4);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::string name = traces.synapses[groups[g].front()];
    if (groups[g].size() == traces.synapses.size() && groups[g].size() > 1)
      name = fmt::format("all {} equal", groups[g].size());
    else if (groups[g].size() == 2)
      name += " " + traces.synapses[groups[g].back()];
    else if (groups[g].size() > 2)
      name += fmt::format(" and {} more", groups[g].size() - 1);
    figure.words_at(row.right + 10, places[g], name, "font 'sans-serif,13' tc rgb " + data_ink(groups[g].back()));
  }
}

Span range_of(const SynapseTraces& traces, const TraceField& field) {
  Span range;
  for (const auto& values : field.values)
    for (std::size_t k = 0; k < values.size(); ++k)
      for (const Stretch& stretch : traces.stretches)
        if (traces.time[k] >= stretch.begin && traces.time[k] <= stretch.end) range.include(values[k]);
  return with_margins(range, 0.08);
}

/// The curve of one synapse in a stretch of time.
Curve part_of(const SynapseTraces& traces, const TraceField& field, std::size_t synapse, const Stretch& stretch) {
  constexpr double same_time = 1e-6;  // [s]
  Curve curve{.name = "synapse " + traces.synapses[synapse],
              .ink = std::string(data_ink_name(synapse)),
              .column = fmt::format("{} of synapse {}", field.meaning, traces.synapses[synapse]),
              .x = {},
              .y = {},
              .width = 2};
  for (std::size_t k = 0; k < traces.time.size(); ++k)
    if (traces.time[k] >= stretch.begin - same_time && traces.time[k] <= stretch.end + same_time) {
      curve.x.push_back(traces.time[k]);
      curve.y.push_back(field.values[synapse][k]);
    }
  return curve;
}

/// "4 tokens"
std::string token_count(const SynapseTraces& traces) {
  std::set<int> tokens;
  for (const Stretch& stretch : traces.stretches)
    for (const PhaseSpan& phase : stretch.phases)
      if (phase.kind != "delay") tokens.insert(phase.token);
  return tokens.empty() ? "tokens" : count(tokens.size(), "token");
}

}  // namespace

Titled synapse_picture(const RunFiles& run) {
  if (why_missing(run.recordings, "recordings.h5", "/report")) return {};
  const SynapseTraces traces = read_synapse_traces(run);
  if (traces.fields.empty()) return {};

  const auto rows = static_cast<double>(traces.fields.size());
  Figure figure(960, static_cast<int>(top + rows * (row_height + row_gap) + 58));
  const auto places = place_stretches(traces.stretches);
  const auto tokens = run.tokens();

  for (std::size_t f = 0; f < traces.fields.size(); ++f) {
    const TraceField& field = traces.fields[f];
    const Span range = range_of(traces, field);
    const double above = top + static_cast<double>(f) * (row_height + row_gap);
    for (std::size_t s = 0; s < traces.stretches.size(); ++s) {
      const Stretch& stretch = traces.stretches[s];
      const auto [x_first, x_last] = places[s];
      const Box box{x_first, above, x_last, above + row_height};
      figure.panel(box);
      shade(figure, stretch);
      const bool is_first = s == 0, is_last = f + 1 == traces.fields.size();
      set_linear_axis(figure, 'y', range, 4, is_first);
      set_linear_axis(figure, 'x', {stretch.begin, stretch.end}, std::max(2, static_cast<int>(box.width() / 90)),
                      is_last);
      if (is_first)
        set_axis_label(figure, 'y', field.meaning);
      else
        figure.add("set border 1; set ytics scale 0");
      if (is_last) set_axis_label(figure, 'x', "time [s]");
      if (f == 0) name_phases(figure, stretch, x_first, x_last, tokens);
      if (f == 0 && s == 0)
        figure.words_at(left, 12,
                        fmt::format("{}; (i, j) is the synapse "
                                    "from hidden neuron j to output neuron i",
                                    traces.head),
                        "left font 'sans-serif,13' tc rgb " + ink("muted"));
      if (s + 1 == traces.stretches.size()) name_curves(figure, traces, field, range, box);
      std::vector<Curve> curves;
      for (std::size_t i = 0; i < field.values.size(); ++i) curves.push_back(part_of(traces, field, i, stretch));
      plot_curves(figure, curves);
    }
  }
  return {fmt::format("Synapses of {} while {} are written and read", traces.head, token_count(traces)), figure};
}

}  // namespace tripartite::report::attend
