#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/report/axis.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/style.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report {
namespace {

struct Network {
  const char* name;
  const char* words;
  const char* colour;
};
constexpr std::array networks{Network{"astrocyte", "neuron–astrocyte network", "blue"},
                              Network{"hopfield", "Hopfield network", "vermilion"}};

/// K_max of one network against N.
struct Loads {
  std::vector<double> n, k_max, low, high;
};

Loads loads_of(const nlohmann::json& summary, const char* network) {
  Loads loads;
  for (const auto& load : part_at(summary, "/results/loads")) {
    if (text_at(load, "/network") != network || !std::isfinite(number_at(load, "/k_max"))) continue;
    loads.n.push_back(number_at(load, "/n"));
    loads.k_max.push_back(number_at(load, "/k_max"));
    loads.low.push_back(number_at(load, "/low"));
    loads.high.push_back(number_at(load, "/high"));
  }
  return loads;
}

nlohmann::json law_of(const nlohmann::json& summary, const char* network) {
  for (const auto& law : part_at(summary, "/results/laws"))
    if (text_at(law, "/network") == network && std::isfinite(number_at(law, "/exponent"))) return law;
  return nlohmann::json::object();
}

std::string law_words(const nlohmann::json& law) {
  const double uncertainty = number_at(law, "/uncertainty");
  return fmt::format("K_max ∝ N^({:.2f} ± {})", number_at(law, "/exponent"),
                     std::isfinite(uncertainty) ? fmt::format("{:.2f}", uncertainty) : "?");
}

std::string headline(const nlohmann::json& summary) {
  std::string sentence;
  for (const Network& network : networks) {
    const auto law = law_of(summary, network.name);
    if (law.empty()) continue;
    sentence += fmt::format("{}{}: {}", sentence.empty() ? "" : "; ", network.words, law_words(law));
  }
  return sentence.empty() ? "No law could be fitted: a fit needs two sizes whose K_max lies between the tested loads"
                          : sentence;
}

/// Recalled fraction against load, of one network and size.
struct Recall {
  std::vector<double> k, fraction;
};

std::map<double, Recall> recall_by_size(const nlohmann::json& summary, const char* network) {
  std::map<double, std::map<double, std::pair<double, double>>> counts;  // n, k: recalled, cues
  for (const auto& cell : part_at(summary, "/results/cells")) {
    if (text_at(cell, "/network") != network) continue;
    auto& count = counts[number_at(cell, "/n")][number_at(cell, "/k")];
    count.first += number_at(cell, "/recalled");
    count.second += number_at(cell, "/cues");
  }
  std::map<double, Recall> recalls;
  for (const auto& [n, loads] : counts)
    for (const auto& [k, count] : loads) {
      recalls[n].k.push_back(k);
      recalls[n].fraction.push_back(count.first / count.second);
    }
  return recalls;
}

Picture recall_picture(const nlohmann::json& summary) {
  Span loads;
  for (const auto& cell : part_at(summary, "/results/cells")) loads.include_positive(number_at(cell, "/k"));
  if (loads.is_empty()) return Absent{"no network was tested before the run ended."};
  loads = with_log_margins(loads);
  Figure figure(960, 420);
  const Box boxes[]{{70, 46, 480, 350}, {520, 46, 930, 350}};
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const Box& box = boxes[i];
    const auto recalls = recall_by_size(summary, networks[i].name);
    figure.panel(box);
    set_log_axis(figure, 'x', loads);
    set_linear_axis(figure, 'y', {-0.04, 1.04}, 6);
    figure.add("set xlabel {}", figure.text("stored patterns K"));
    if (i == 0) figure.add("set ylabel {} offset 1,0", figure.text("recalled fraction of cues [1]"));
    figure.words_at((box.left + box.right) / 2, box.top - 26, networks[i].words, "center");
    std::string commands;
    std::size_t curve = 0;
    for (const auto& [n, recall] : recalls) {
      const std::string colour = data_ink(curve);
      const std::size_t line = curve / 5;  // line of labels
      commands += fmt::format("{}{} with linespoints pt 7 ps 0.4 lw 2 lc rgb {}", commands.empty() ? "" : ", ",
                              figure.data({recall.k, recall.fraction}), colour);
      figure.words_at(box.left + 12 + 82 * double(curve - 5 * line), box.top - 6 + 18 * double(line),
                      fmt::format("N = {}", n), "left tc rgb " + colour);
      ++curve;
    }
    if (commands.empty()) commands = fmt::format("{} with lines notitle", figure.data({{loads.low}, {2.0}}));
    figure.add("plot {}", commands);
  }
  return figure;
}

Picture law_picture(const nlohmann::json& summary) {
  Span sizes, loads;
  for (const Network& network : networks) {
    const Loads found = loads_of(summary, network.name);
    for (std::size_t i = 0; i < found.n.size(); ++i) {
      sizes.include_positive(found.n[i]);
      for (const double k : {found.low[i], found.k_max[i], found.high[i]}) loads.include_positive(k);
    }
  }
  if (loads.is_empty()) return Absent{"no K_max lies between the tested loads."};
  sizes = with_log_margins(sizes);
  loads = with_log_margins(loads);
  loads.high *= 2;
  Figure figure(960, 460);
  const Box box{90, 16, 760, 390};
  figure.panel(box);
  set_log_axis(figure, 'x', sizes);
  set_log_axis(figure, 'y', loads);
  figure.add("set xlabel {}; set ylabel {} offset 1,0", figure.text("neurons N"),
             figure.text("K_max: half of the cues recalled"));
  std::string commands;
  const auto plot = [&](const std::string& command) { commands += (commands.empty() ? "" : ", ") + command; };
  double words_from_above = 18;
  for (const Network& network : networks) {
    const Loads found = loads_of(summary, network.name);
    if (found.n.empty()) continue;
    const std::string colour = ink(network.colour);
    plot(fmt::format("{} with yerrorbars pt 7 ps 0.8 lw 2 lc rgb {}",
                     figure.data({found.n, found.k_max, found.low, found.high}), colour));
    std::string words = network.words;
    if (const auto law = law_of(summary, network.name); !law.empty()) {
      const auto at = [&](double n) { return number_at(law, "/prefactor") * std::pow(n, number_at(law, "/exponent")); };
      plot(fmt::format("{} with lines lw 1.5 dt (7,5) lc rgb {}",
                       figure.data({{sizes.low, sizes.high}, {at(sizes.low), at(sizes.high)}}), colour));
      words += ": " + law_words(law);
    }
    figure.words_at(box.left + 16, box.top + words_from_above, words, "left tc rgb " + colour);
    words_from_above += 22;
  }
  figure.add("plot {}", commands);
  return figure;
}

std::string load_table(const nlohmann::json& summary) {
  Table table{{"network", "N", "K_max", "68 % interval, resampled draws", "K_max / N"}, {}, false};
  for (const auto& load : part_at(summary, "/results/loads")) {
    const double k_max = number_at(load, "/k_max"), n = number_at(load, "/n");
    table.rows.push_back(
        {escape(text_at(load, "/network")), number(n),
         std::isfinite(k_max) ? number(k_max) : "outside the tested loads",
         std::isfinite(k_max) ? number(number_at(load, "/low")) + " to " + number(number_at(load, "/high")) : "",
         number(k_max / n)});
  }
  return to_html(table);
}

}  // namespace

void write_capacity(const Run& run, Page& page) {
  page.headline(headline(run.summary));
  page.picture(
      "Number of memories in a network of N neurons",
      "K_max is the number of stored patterns at which half of the cues are still recalled. Bars: middle 68 % of "
      "what resampled draws of patterns give. Dashed: the fitted power law.",
      law_picture(run.summary));
  page.picture(
      "Recall under load",
      "Each point: cues of all draws at one N and K. A network is not tested further after two loads at which it "
      "recalled nothing.",
      recall_picture(run.summary));
  page.section("Critical loads", load_table(run.summary));
}

}  // namespace tripartite::report
