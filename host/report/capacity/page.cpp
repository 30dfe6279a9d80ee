#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "host/report/axis.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/plot.hpp"
#include "host/report/style.hpp"
#include "host/report/summary.hpp"
#include "host/report/value_marks.hpp"
#include "tripartite/memory/capacity.hpp"

namespace tripartite::report {
namespace {

using memory::CapacityCell;
using memory::Contender;

struct Network {
  Contender contender;
  const char* words;
  const char* ink;
};
constexpr std::array networks{Network{Contender::astrocyte, "neuron–astrocyte network", "blue"},
                              Network{Contender::hopfield, "Hopfield network", "vermilion"}};

/// K_max of one network against N.
struct Loads {
  std::vector<double> n, k_max, low, high;
};

std::vector<CapacityCell> cells_of(const nlohmann::json& summary) {
  std::vector<CapacityCell> cells;
  for (const auto& cell : part_at(summary, "/results/cells")) {
    const double n = number_at(cell, "/n"), k = number_at(cell, "/k"), cues = number_at(cell, "/cues"),
                 recalled = number_at(cell, "/recalled"), seed = number_at(cell, "/seed");
    constexpr double most = 1e6, largest_seed = 1e15;  // what is beyond was not written by this program
    if (!(n >= 1 && n <= most && k >= 1 && k <= most * most && cues >= 1 && cues <= most && recalled >= 0 &&
          recalled <= cues && seed >= 0 && seed <= largest_seed))
      continue;
    cells.push_back(
        {text_at(cell, "/network") == to_string(Contender::hopfield) ? Contender::hopfield : Contender::astrocyte,
         int(n), std::int64_t(k), std::uint64_t(seed), int(cues), int(recalled), 0});
  }
  return cells;
}

std::vector<CapacityCell> cells_where(const std::vector<CapacityCell>& cells, auto condition) {
  std::vector<CapacityCell> chosen;
  std::copy_if(cells.begin(), cells.end(), std::back_inserter(chosen), condition);
  return chosen;
}

std::set<std::uint64_t> seeds_of(const std::vector<CapacityCell>& cells) {
  std::set<std::uint64_t> seeds;
  for (const CapacityCell& cell : cells) seeds.insert(cell.seed);
  return seeds;
}

Loads loads_of(const nlohmann::json& summary, Contender contender) {
  Loads loads;
  for (const auto& load : part_at(summary, "/results/loads")) {
    if (text_at(load, "/network") != to_string(contender) || !std::isfinite(number_at(load, "/k_max"))) continue;
    loads.n.push_back(number_at(load, "/n"));
    loads.k_max.push_back(number_at(load, "/k_max"));
    loads.low.push_back(number_at(load, "/low"));
    loads.high.push_back(number_at(load, "/high"));
  }
  return loads;
}

/// K_max of every draw of patterns by itself.
Loads loads_of_draws(const std::vector<CapacityCell>& cells, Contender contender) {
  Loads loads;
  for (const std::uint64_t seed : seeds_of(cells)) {
    const auto draw =
        cells_where(cells, [&](const CapacityCell& cell) { return cell.seed == seed && cell.contender == contender; });
    for (const auto& load : memory::fit_capacity(draw).loads)
      if (load.is_bracketed) loads.n.push_back(load.neurons), loads.k_max.push_back(load.k_max);
  }
  return loads;
}

nlohmann::json law_of(const nlohmann::json& summary, Contender contender) {
  for (const auto& law : part_at(summary, "/results/laws"))
    if (text_at(law, "/network") == to_string(contender) && std::isfinite(number_at(law, "/exponent"))) return law;
  return nlohmann::json::object();
}

/// "N^(2.45 ± 0.16)"; without a spread where nothing tells it.
std::string power_words(const nlohmann::json& law) {
  const double uncertainty = number_at(law, "/uncertainty");
  return uncertainty > 0 ? fmt::format("N^({:.2f} ± {:.2f})", number_at(law, "/exponent"), uncertainty)
                         : fmt::format("N^{:.2f}", number_at(law, "/exponent"));
}

std::string headline(const nlohmann::json& summary) {
  const auto own = law_of(summary, Contender::astrocyte), other = law_of(summary, Contender::hopfield);
  if (own.empty() && other.empty())
    return "No law could be fitted: a fit needs two sizes whose K_max lies between the tested loads";
  std::string sentence =
      own.empty() ? "" : "The neuron–astrocyte network stores K_max ∝ " + power_words(own) + " patterns";
  if (!other.empty())
    sentence += (own.empty() ? "A Hopfield network stores K_max ∝ " : ", a Hopfield network K_max ∝ ") +
                power_words(other) + (own.empty() ? " patterns" : "");
  return sentence;
}

/// Recalled fraction against load, of one network and size.
struct Recall {
  std::vector<double> k, fraction;            // of all draws
  std::vector<double> draw_k, draw_fraction;  // of each draw
};

std::map<int, Recall> recall_by_size(const std::vector<CapacityCell>& cells, Contender contender) {
  std::map<int, std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>>> counts;  // n, k: recalled, cues
  std::map<int, Recall> recalls;
  for (const CapacityCell& cell : cells) {
    if (cell.contender != contender) continue;
    auto& count = counts[cell.neurons][cell.patterns];
    count.first += cell.recalled;
    count.second += cell.cues;
    recalls[cell.neurons].draw_k.push_back(double(cell.patterns));
    recalls[cell.neurons].draw_fraction.push_back(double(cell.recalled) / cell.cues);
  }
  for (const auto& [n, loads] : counts)
    for (const auto& [k, count] : loads) {
      recalls[n].k.push_back(double(k));
      recalls[n].fraction.push_back(double(count.first) / double(count.second));
    }
  return recalls;
}

std::string recall_title(const nlohmann::json& summary) {
  const Loads own = loads_of(summary, Contender::astrocyte), other = loads_of(summary, Contender::hopfield);
  if (own.n.empty()) return "Recall under load";
  const auto largest = std::max_element(own.n.begin(), own.n.end()) - own.n.begin();
  const double n = own.n[std::size_t(largest)];
  std::string title = fmt::format("{:g} neurons recall half of their cues up to {} patterns", n,
                                  number(std::round(own.k_max[std::size_t(largest)])));
  for (std::size_t i = 0; i < other.n.size(); ++i)
    if (other.n[i] == n) title += fmt::format(", as a Hopfield network up to {}", number(std::round(other.k_max[i])));
  return title;
}

Picture recall_picture(const std::vector<CapacityCell>& cells) {
  Span loads;
  for (const CapacityCell& cell : cells) loads.include_positive(double(cell.patterns));
  if (loads.is_empty()) return Absent{"no network was tested before the run ended."};
  loads = with_log_margins(loads);
  const bool has_draws = seeds_of(cells).size() > 1;
  Figure figure(960, 430);
  const Box boxes[]{{70, 56, 480, 360}, {540, 56, 950, 360}};
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const Box& box = boxes[i];
    const auto recalls = recall_by_size(cells, networks[i].contender);
    figure.panel(box);
    set_log_axis(figure, 'x', loads);
    set_linear_axis(figure, 'y', {-0.04, 1.04}, 6);
    set_axis_label(figure, 'x', "stored patterns K [1]");
    if (i == 0) set_axis_label(figure, 'y', "recalled fraction of cues [1]");
    figure.words_at((box.left + box.right) / 2, box.top - 40, networks[i].words, "center");
    std::vector<Curve> curves;
    std::size_t number = 0;
    for (const auto& [n, recall] : recalls) {
      const std::string colour(data_ink_name(number));
      const std::string name = fmt::format("N = {}", n), column = fmt::format("{}, {}", networks[i].words, name);
      curves.push_back({.name = name,
                        .ink = colour,
                        .column = fmt::format("recalled fraction, {} [1]", column),
                        .x = recall.k,
                        .y = recall.fraction,
                        .width = 2});
      curves.push_back({.name = name,
                        .ink = colour,
                        .column = fmt::format("recalled fraction{}, {} [1]", has_draws ? " of each draw" : "", column),
                        .x = has_draws ? recall.draw_k : recall.k,
                        .y = has_draws ? recall.draw_fraction : recall.fraction,
                        .shape = Shape::points,
                        .width = has_draws ? 0.35 : 0.5});
      const std::size_t line = number / 5;  // line of labels
      figure.words_at(box.left + 12 + 82 * double(number - 5 * line), box.top - 20 + 18 * double(line), name,
                      "left tc rgb " + ink(colour));
      ++number;
    }
    plot_curves(figure, curves);
  }
  return figure;
}

std::string law_title(const nlohmann::json& summary) {
  const auto own = law_of(summary, Contender::astrocyte), other = law_of(summary, Contender::hopfield);
  if (own.empty()) return "Number of patterns that N neurons store";
  std::string title = "The number of patterns grows as " + power_words(own);
  if (!other.empty()) title += "; in a Hopfield network as " + power_words(other);
  return title;
}

Picture law_picture(const nlohmann::json& summary, const std::vector<CapacityCell>& cells) {
  Span sizes, loads;
  std::vector<double> tested;
  for (const Network& network : networks) {
    const Loads found = loads_of(summary, network.contender), draws = loads_of_draws(cells, network.contender);
    tested.insert(tested.end(), found.n.begin(), found.n.end());
    for (const auto* values : {&found.low, &found.k_max, &found.high, &draws.k_max})
      for (const double k : *values) loads.include_positive(k);
  }
  if (loads.is_empty()) return Absent{"no K_max lies between the tested loads."};
  for (const double n : tested) sizes.include_positive(n);
  sizes = {sizes.low / 1.25, sizes.high * 1.25};
  loads = with_log_margins(loads);
  loads.high *= 2;
  Figure figure(960, 460);
  const Box box{90, 16, 760, 390};
  figure.panel(box);
  set_value_axis(figure, {true, sizes, 0}, tested, box.width());
  set_log_axis(figure, 'y', loads);
  set_axis_label(figure, 'x', "neurons N [1]");
  set_axis_label(figure, 'y', "K_max [1]: half of the cues recalled");
  std::vector<Curve> curves;
  std::string bars;
  double words_from_above = 18;
  for (const Network& network : networks) {
    const Loads found = loads_of(summary, network.contender), draws = loads_of_draws(cells, network.contender);
    if (found.n.empty()) continue;
    std::string words = network.words;
    if (const auto law = law_of(summary, network.contender); !law.empty()) {
      words += ": K_max ∝ " + power_words(law);
      const auto at = [&](double n) { return number_at(law, "/prefactor") * std::pow(n, number_at(law, "/exponent")); };
      curves.push_back({.name = network.words,
                        .ink = network.ink,
                        .column = fmt::format("power law, {} [1]", network.words),
                        .x = {sizes.low, sizes.high},
                        .y = {at(sizes.low), at(sizes.high)},
                        .shape = Shape::dashes});
    }
    std::vector<double> n, low, high;  // an interval of one draw is a point
    for (std::size_t i = 0; i < found.n.size(); ++i)
      if (found.high[i] > found.low[i])
        n.push_back(found.n[i]), low.push_back(found.low[i]), high.push_back(found.high[i]);
    if (!n.empty())
      curves.push_back({.name = network.words,
                        .ink = network.ink,
                        .column = fmt::format("68 % interval of K_max, {} [1]", network.words),
                        .x = n,
                        .y = low,
                        .high = high,
                        .shape = Shape::marks,
                        .width = 2});
    curves.push_back({.name = network.words,
                      .ink = network.ink,
                      .column = fmt::format("K_max, {} [1]", network.words),
                      .x = found.n,
                      .y = found.k_max,
                      .shape = Shape::points,
                      .width = 0.9});
    if (seeds_of(cells).size() > 1)
      curves.push_back({.name = network.words,
                        .ink = network.ink,
                        .column = fmt::format("K_max of each draw, {} [1]", network.words),
                        .x = draws.n,
                        .y = draws.k_max,
                        .shape = Shape::points,
                        .width = 0.35});
    figure.words_at(box.left + 16, box.top + words_from_above, words, "left tc rgb " + ink(network.ink));
    words_from_above += 22;
  }
  plot_curves(figure, curves);
  return figure;
}

std::string load_table(const nlohmann::json& summary, bool has_draws) {
  Table table{{"network", "neurons N [1]", "K_max [1]", "K_max / N [1]"}, {}, false};
  if (has_draws) table.head.emplace_back("68 % interval of K_max, resampled draws");
  for (const auto& load : part_at(summary, "/results/loads")) {
    const double k_max = number_at(load, "/k_max"), n = number_at(load, "/n");
    const auto* network = std::find_if(networks.begin(), networks.end(), [&](const Network& each) {
      return text_at(load, "/network") == to_string(each.contender);
    });
    std::vector<std::string> row{network == networks.end() ? escape(text_at(load, "/network")) : network->words,
                                 number(n), std::isfinite(k_max) ? number(k_max) : "outside the tested loads",
                                 number(k_max / n)};
    if (has_draws)
      row.push_back(std::isfinite(k_max) ? number(number_at(load, "/low")) + " to " + number(number_at(load, "/high"))
                                         : "");
    table.rows.push_back(std::move(row));
  }
  return table.rows.empty() ? std::string() : to_html(table);
}

}  // namespace

void write_capacity(const Run& run, Page& page) {
  const auto cells = cells_of(run.summary);
  const bool has_draws = seeds_of(cells).size() > 1;
  page.headline(headline(run.summary));
  page.picture(
      law_title(run.summary),
      std::string("K_max is the number of stored patterns at which half of the cues are still recalled. ") +
          (has_draws ? "Small points: each draw of patterns by itself; large points: all draws together; bars: "
                       "middle 68 % of what resampled draws give. "
                     : "") +
          "Dashed: the fitted power law.",
      law_picture(run.summary, cells));
  page.picture(recall_title(run.summary),
               std::string(has_draws ? "Small points: each draw of patterns; lines: all draws together. "
                                     : "Each point: the cues of one draw of patterns. ") +
                   "A network is not tested further after two loads at which it recalled nothing.",
               recall_picture(cells));
  if (const std::string table = load_table(run.summary, has_draws); !table.empty())
    page.section("Critical loads", table);
}

}  // namespace tripartite::report
