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
namespace {

constexpr std::size_t points = 1500;  // per panel: enough to show the shape of the cloud, few enough for a browser

/// An evenly spaced selection that always includes each head's largest deviation.
std::vector<std::size_t> select(const Contexts& contexts, const std::vector<double>& attention) {
  std::vector<std::size_t> chosen, worst;
  const std::size_t stride = std::max<std::size_t>(1, contexts.network.size() / points);
  const auto deviation = [&](std::size_t i) { return std::abs(contexts.network[i] - attention[i]); };
  for (std::size_t i = 0; i < contexts.network.size(); ++i) {
    // Shifted by the golden ratio from one block to the next: a plain stride would select the same elements of every
    // head.
    const std::size_t stretch = i / stride;
    const double shift = 0.6180339887 * static_cast<double>(stretch);
    if (i % stride == static_cast<std::size_t>((shift - std::floor(shift)) * static_cast<double>(stride)))
      chosen.push_back(i);
    const std::size_t head = contexts.head[i];
    if (head >= worst.size()) worst.resize(head + 1, i);
    if (deviation(i) > deviation(worst[head])) worst[head] = i;
  }
  chosen.insert(chosen.end(), worst.begin(), worst.end());
  return chosen;
}

void draw(Figure& figure, const Box& box, const Contexts& contexts, const std::vector<double>& attention,
          std::string_view what, std::string_view colour) {
  std::vector<double> x, y;
  Span span;
  for (const std::size_t i : select(contexts, attention)) {
    if (!std::isfinite(contexts.network[i]) || !std::isfinite(attention[i])) continue;
    x.push_back(attention[i]);
    y.push_back(contexts.network[i]);
    span.include(x.back());
    span.include(y.back());
  }
  span = with_margins(span);
  figure.panel(box);
  set_linear_axis(figure, 'x', span, 6);
  set_linear_axis(figure, 'y', span, 6);
  set_axis_label(figure, 'x', fmt::format("output of {} [1]", what));
  set_axis_label(figure, 'y', "output of the network [1]");
  figure.words_at(box.left + 14, box.top + 14, fmt::format("against {}", what), "tc rgb " + ink(colour));
  figure.words_at(box.right - 8, box.bottom - 16, "dashed: equal", "right tc rgb " + ink("muted"));
  plot_curves(figure, {{.name = {},
                        .ink = "muted",
                        .column = "equal",
                        .x = {span.low, span.high},
                        .y = {span.low, span.high},
                        .shape = Shape::dashes},
                       {.name = {},
                        .ink = std::string(colour),
                        .column = "output of the network [1]",
                        .x = x,
                        .y = y,
                        .shape = Shape::points,
                        .width = 0.38}});
}

}  // namespace

Titled agreement_picture(const RunFiles& run) {
  if (why_missing(run.attention, "attention.h5", "/layers")) return {};
  const Contexts contexts = read_contexts(*run.attention);
  if (contexts.network.empty()) return {};
  const auto& heads = part_at(run.summary, "/results/heads");
  const double linear = largest(numbers_of(heads, "error_linear")),
               softmax = largest(numbers_of(heads, "error_softmax"));
  std::string title = "Outputs of network and attention";
  if (std::isfinite(linear) && std::isfinite(softmax))
    title = fmt::format("The network's heads differ from linear attention by at most {}, from softmax attention by {}",
                        number(linear), number(softmax));
  Figure figure(960, 470);
  draw(figure, {80, 16, 465, 401}, contexts, contexts.linear, "linear attention, same features", "blue");
  draw(figure, {565, 16, 950, 401}, contexts, contexts.softmax, "softmax attention", "vermilion");
  return {title, figure};
}

}  // namespace tripartite::report::attend
