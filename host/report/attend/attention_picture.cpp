#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "host/report/attend/pictures.hpp"
#include "host/report/axis.hpp"
#include "host/report/colour_map.hpp"
#include "host/report/html.hpp"
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"

namespace tripartite::report::attend {
namespace {

constexpr std::size_t most_tokens = 128;  // more would be too small to read
constexpr std::size_t most_names = 26;    // along one side
constexpr std::size_t ramp_steps = 128;

struct Map {
  std::size_t tokens;
  std::vector<double> weights;  // [tokens x tokens]
};

Map first_tokens(const std::vector<double>& weights, std::size_t all, std::size_t tokens) {
  Map map{tokens, {}};
  for (std::size_t row = 0; row < tokens; ++row)
    map.weights.insert(map.weights.end(), weights.begin() + std::ptrdiff_t(row * all),
                       weights.begin() + std::ptrdiff_t(row * all + tokens));
  return map;
}

void name_tokens(Figure& figure, const std::vector<std::string>& names, std::size_t tokens, char axis) {
  const std::size_t stride = (tokens + most_names - 1) / most_names;
  std::string marks;
  for (std::size_t i = 0; i < tokens; i += stride) {
    const std::string name = i < names.size() ? shorten(token_name(names[i]), 11) : std::to_string(i);
    marks += fmt::format("{}{} {}", marks.empty() ? "" : ", ", figure.text(name), i);
  }
  figure.add("set {0}tics ({1}) {2} font 'sans-serif,11' scale 0", axis, marks,
             axis == 'x' ? "rotate by 90 right" : "");
}

/// The first map of a row also shows the label `whose` and the tokens of the rows.
void draw_map(Figure& figure, const Box& box, const Map& map, const std::vector<std::string>& names, double low,
              double high, std::string_view palette, std::string_view title, std::string_view whose = "") {
  figure.panel(box);
  const double end = static_cast<double>(map.tokens) - 0.5;
  figure.add("set xrange [-0.5:{0}]; set yrange [{0}:-0.5]; set border 15; unset grid", end);
  name_tokens(figure, names, map.tokens, 'x');
  if (whose.empty()) {
    figure.add("unset ytics");
  } else {
    name_tokens(figure, names, map.tokens, 'y');
    figure.words_at(box.left, 14, whose, "left tc rgb " + ink("muted"));
  }
  figure.words_at((box.left + box.right) / 2, box.top - 14, title, "center");
  figure.add("{}; set cbrange [{:.9g}:{:.9g}]", palette, low, high);
  figure.add("plot {} matrix with image", figure.matrix(map.weights, map.tokens));
}

/// The colour scale of a map. A mark is a position on the ramp in [0, 1] with its label.
void draw_ramp(Figure& figure, const Box& box, std::string_view palette, std::string_view title,
               const std::vector<std::pair<double, std::string>>& mark_words) {
  figure.panel(box);
  std::vector<double> ramp(2 * ramp_steps);  // two rows, gnuplot's minimum for an image
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<double>(i % ramp_steps) / (ramp_steps - 1);
  std::string marks;
  for (const auto& [place, words] : mark_words)
    marks += fmt::format("{}{} {:.6g}", marks.empty() ? "" : ", ", figure.text(words), place * (ramp_steps - 1));
  figure.add("set xrange [-0.5:{}]; set yrange [-0.5:1.5]; unset ytics; unset grid; set border 15", ramp_steps - 0.5);
  figure.add("set xtics ({}) norotate center font 'sans-serif,12' scale 0.3; set xlabel {}", marks, figure.text(title));
  figure.add("{}; set cbrange [0:1]", palette);
  figure.add("plot {} matrix with image", figure.matrix(ramp, ramp_steps));
}

/// The weights of one head in transformer and network, and how far apart they are.
struct Weights {
  Map transformer, network, difference;
  double strongest = 0, furthest = 0;
};

Weights read_weights(const io::Hdf5File& file, const std::string& group) {
  const std::size_t all = read_ranked(file, group + "/transformer", 2).shape[0], tokens = std::min(all, most_tokens);
  Weights weights;
  weights.transformer = first_tokens(read_shaped(file, group + "/transformer", {all, all}).values, all, tokens);
  weights.network = first_tokens(read_shaped(file, group + "/network", {all, all}).values, all, tokens);
  weights.difference = weights.network;
  for (std::size_t i = 0; i < weights.difference.weights.size(); ++i)
    weights.difference.weights[i] -= weights.transformer.weights[i];
  for (const Map* map : {&weights.transformer, &weights.network})
    for (const double weight : map->weights) weights.strongest = std::fmax(weights.strongest, weight);
  for (const double weight : weights.difference.weights)
    weights.furthest = std::fmax(weights.furthest, std::abs(weight));
  return weights;
}

Picture draw(const Weights& weights, const std::vector<std::string>& names, std::string_view whose) {
  const double strongest = weights.strongest;
  if (!(strongest > 0)) return Absent{"the attention map of this head is empty."};
  const double furthest = weights.furthest > 0 ? weights.furthest : 1e-16;  // bitwise equal: any scale shows that
  const auto roots = [](Map map) {
    for (double& weight : map.weights) weight = std::sqrt(std::max(weight, 0.0));
    return map;
  };
  Figure figure(960, 504);
  const double side = 274, left = 84, top = 56, gap = 20;
  const auto column = [&](int i) {
    return Box{left + i * (side + gap), top, left + i * (side + gap) + side, top + side};
  };
  const double reach = std::sqrt(strongest);
  draw_map(figure, column(0), roots(weights.transformer), names, 0, reach, sequential_colours(), "transformer", whose);
  draw_map(figure, column(1), roots(weights.network), names, 0, reach, sequential_colours(), "network");
  draw_map(figure, column(2), weights.difference, names, -furthest, furthest, diverging_colours(),
           "network − transformer");

  const double ramp_top = top + side + 96, ramp_bottom = ramp_top + 14;
  std::vector<std::pair<double, std::string>> marks;
  for (const double place : {0.0, 0.25, 0.5, 0.75, 1.0}) marks.emplace_back(place, number(place * place * strongest));
  draw_ramp(figure, {column(0).left + 60, ramp_top, column(1).right - 60, ramp_bottom}, sequential_colours(),
            "attention weight [1], square-root scale", marks);
  draw_ramp(figure, {column(2).left + 20, ramp_top, column(2).right - 20, ramp_bottom}, diverging_colours(),
            "difference of weights [1]", {{0, "−" + number(furthest)}, {0.5, "0"}, {1, "+" + number(furthest)}});
  return figure;
}

}  // namespace

std::vector<Page::Choice> attention_pictures(const RunFiles& run) {
  std::vector<Page::Choice> choices;
  if (!run.attention || !run.attention->contains("/map/network")) return choices;
  const io::Hdf5File& file = *run.attention;
  std::vector<std::string> groups{"/map"};
  const std::size_t others = names_in(file, "/maps").size();
  for (std::size_t i = 0; i < others; ++i) groups.push_back(fmt::format("/maps/{}", i));
  const auto names = run.tokens();
  for (const std::string& group : groups) {
    const std::string head = fmt::format("layer {}, head {}", file.read_attribute<std::int64_t>(group, "layer"),
                                         file.read_attribute<std::int64_t>(group, "head"));
    const Weights weights = read_weights(file, group);
    std::string whose = head;
    if (names.size() > weights.network.tokens)
      whose += fmt::format("; the first {} of {} tokens", weights.network.tokens, names.size());
    choices.push_back({head,
                       fmt::format("Attention weights of network and transformer differ by at most {} ({})",
                                   number(weights.furthest), head),
                       draw(weights, names, whose)});
  }
  return choices;
}

}  // namespace tripartite::report::attend
