#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/report/activity.hpp"
#include "host/report/course.hpp"
#include "host/report/html.hpp"
#include "host/report/means.hpp"
#include "host/report/model_states.hpp"
#include "host/report/network/sheet.hpp"
#include "host/report/network/wave.hpp"
#include "host/report/pages.hpp"
#include "host/report/recorded.hpp"
#include "host/report/summary.hpp"
#include "host/report/symbols.hpp"

namespace tripartite::report {
namespace {

constexpr std::size_t most_curves = 5;

/// What a run left, read once.
struct NetworkRun {
  const Run& run;
  States states;
  std::vector<Recorded> recorded;
  Means means;
  io::Spikes releases;
  double simulated;

  explicit NetworkRun(const Run& of)
      : run(of),
        states(synapse_states(of.summary)),
        recorded(read_recorded(of.directory, order())),
        means(of.directory),
        releases(read_releases(of.directory).value_or(io::Spikes())),
        simulated(result("simulated_s")) {}

  double result(const std::string& key) const { return number_at(run.summary, "/results/" + key); }
  bool has(const std::string& key) const { return result(key) > 0; }
  std::vector<std::string_view> order() const {
    std::vector<std::string_view> names{"nu"};
    for (const std::string_view name : states.order()) names.push_back(name);
    names.push_back("C_s");
    return names;
  }
  const Recorded* somata() const { return find_field(recorded, "C_s"); }
  bool has_all_somata() const { return double(somata()->curves.size()) == result("astrocytes"); }
  bool is_sheet() const { return text_at(run.summary, "/config/astrocytes/junctions") == "lattice"; }
};

/// Means that the network has, with the words for them.
struct Mean {
  const char* field;
  const char* unit;
  const char* words;
  const char* needs;  // key of a result that is positive where there is such a mean
};
constexpr Mean all_means[] = {{"nu", "1/s", "firing rate of neurons", "neurons"},
                              {"C", "uM", "calcium of astrocyte processes", "tripartite_synapses"},
                              {"C_s", "uM", "calcium of somata", "astrocytes"},
                              {"Gamma_S", "1", "bound presynaptic receptors", "tripartite_synapses"}};

std::vector<double> values_of(const NetworkRun& network, const Mean& mean) {
  if (!network.has(mean.needs)) return {};
  if (mean.field == std::string_view("C_s") && network.somata() == nullptr) return {};
  return network.means.curve(std::string("/mean/") + mean.field);
}

void draw_means(const NetworkRun& network, Page& page) {
  std::vector<TraceRow> rows;
  std::string reading;
  for (const Mean& mean : all_means) {
    const auto values = values_of(network, mean);
    if (values.empty()) continue;
    rows.push_back({with_unit(mean.field, mean.unit), {}, {values}});
    reading +=
        fmt::format("{}{}: {}", reading.empty() ? "Means over the network. " : "; ", symbol_of(mean.field), mean.words);
  }
  if (!rows.empty())
    page.picture("The whole network", reading + ".",
                 trace_picture(network.means.time(), rows, {"time [s]", false, {0, network.simulated}}));
}

void draw_somata(const NetworkRun& network, Page& page) {
  const Recorded* somata = network.somata();
  if (somata == nullptr) return;
  if (network.is_sheet() && network.has_all_somata())
    page.picture(
        "The sheet",
        "Calcium of every astrocyte at each quarter of the time between the first rise of calcium and the last, "
        "all on one scale.",
        network::sheet_picture(*somata));
  else if (!network.is_sheet())
    page.picture("Calcium in the somata",
                 network.has_all_somata() ? "One row per astrocyte." : "One row per recorded astrocyte.",
                 network::soma_picture(*somata));
}

/// Elements of a network whose fields are drawn together, told by the names of the fields.
struct Kind {
  const char* noun;
  const char* title;
  const char* chooser;  // field by which elements are chosen; empty: calcium
  bool (*has)(std::string_view field);
};

bool is_of_neurons(std::string_view field) { return field == "nu" || field == "I_ext" || field == "z"; }
bool is_of_somata(std::string_view field) { return field.ends_with("_s"); }
bool is_of_bare(std::string_view field) { return field.ends_with("_bare"); }
bool is_of_processes(std::string_view field) {
  return !is_of_neurons(field) && !is_of_somata(field) && !is_of_bare(field);
}

constexpr Kind kinds[] = {{"neuron", "Single neurons", "nu", is_of_neurons},
                          {"bare synapse", "Single bare synapses", "u_bare", is_of_bare},
                          {"synapse", "Single tripartite synapses", "", is_of_processes},
                          {"astrocyte", "Single astrocytes", "C_s", is_of_somata}};

std::string meaning_of(const NetworkRun& network, const std::string& field) {
  if (field == "nu") return "firing rate";
  if (field == "I_ext") return "input from outside";
  if (field == "z") return "all input";
  if (field == "r") return "fraction of the resources that a spike releases";
  const std::string state = field.substr(0, is_of_somata(field) || is_of_bare(field) ? field.rfind('_') : field.size());
  return network.states.meaning(state) + (is_of_somata(field) ? " of the soma" : "");
}

void draw_single(const NetworkRun& network, const Kind& kind, Page& page) {
  const std::string wanted = *kind.chooser == 0 ? network.states.calcium : kind.chooser;
  const Recorded* chooser = find_field(network.recorded, wanted);
  for (const Recorded& field : network.recorded)
    if (chooser == nullptr && kind.has(field.field)) chooser = &field;
  if (chooser == nullptr || chooser->curves.empty()) return;
  const Chosen chosen = choose_active(*chooser, most_curves, kind.noun);
  std::vector<TraceRow> rows;
  std::string reading;
  for (const Recorded& field : network.recorded) {
    if (!kind.has(field.field) || field.ids != chooser->ids) continue;
    rows.push_back(row_of(field, chosen.columns, kind.noun));
    reading +=
        fmt::format("{}{}: {}", reading.empty() ? "" : "; ", symbol_of(field.field), meaning_of(network, field.field));
    if (field.field != network.states.calcium) continue;
    if (const auto threshold = common_threshold(network.run.summary)) rows.back().levels.push_back({*threshold, "C_Θ"});
    mark_events(network.releases, field, chosen.columns, "release", rows.back());
  }
  reading += ". ";
  if (kind.has == is_of_processes && find_field(network.recorded, network.states.calcium) != nullptr)
    reading += "Dots on calcium: releases of gliotransmitter, where it crosses C_Θ upwards. ";
  page.picture(kind.title, reading + chosen.why,
               trace_picture(chooser->time, rows, {"time [s]", false, {0, network.simulated}}));
}

std::string result_table(const NetworkRun& network) {
  Table table{{"quantity", "value"}, {}, false};
  const auto add = [&](const char* key, const char* words, const char* unit = "") {
    if (const double value = network.result(key); std::isfinite(value) && value != 0)
      table.rows.push_back({words, number(value) + unit});
  };
  add("neurons", "neurons");
  add("bare_synapses", "bare synapses");
  add("tripartite_synapses", "tripartite synapses");
  add("astrocytes", "astrocytes");
  add("gap_junctions", "gap junctions");
  add("simulated_s", "simulated time", "\u00a0s");
  if (network.has("tripartite_synapses"))
    table.rows.push_back(
        {"releases of gliotransmitter",
         fmt::format("{:.0f}, {}\u00a0/s per synapse", network.result("releases"),
                     number(network.result("releases") / network.result("tripartite_synapses") / network.simulated))});
  return table.rows.empty() ? std::string() : to_html(table);
}

std::string mean_table(const NetworkRun& network) {
  Table table{
      {"mean over the network", "symbol", "unit", "mean over time", "lowest", "highest", "at the end"}, {}, false};
  for (const Mean& mean : all_means) {
    const auto values = values_of(network, mean);
    if (values.size() < 2) continue;
    const Course course = course_of(values);
    const std::string unit = unit_words(mean.unit);
    table.rows.push_back({mean.words, symbols_html(symbol_of(mean.field)), unit.empty() ? "1" : unit,
                          number(course.mean), number(course.low), number(course.high), number(values.back())});
  }
  if (table.rows.empty()) return {};
  return "<p class=\"reading\">Of the second half of the run.</p>\n" + to_html(table);
}

std::string headline(const NetworkRun& network) {
  std::string sentence;
  if (network.has("neurons"))
    sentence = fmt::format("The mean rate of {} lies between {} and {} /s in {:g} s",
                           count(std::size_t(network.result("neurons")), "neuron"),
                           number(network.result("lowest_mean_rate_per_s")),
                           number(network.result("highest_mean_rate_per_s")), network.simulated);
  if (network.has("tripartite_synapses"))
    sentence += fmt::format("{}{} of gliotransmitter", sentence.empty() ? "" : "; ",
                            count(std::size_t(network.result("releases")), "release"));
  if (network.has("neurons") && !network.releases.times.empty())
    sentence += fmt::format(", the first after {} s", number(network.releases.times.front()));
  if (const Recorded* somata = network.somata(); somata != nullptr && !network.has("neurons")) {
    const auto rise = network::rise_of(*somata);
    const std::string cells = fmt::format("{}astrocyte{}", network.has_all_somata() ? "" : "recorded ",
                                          somata->curves.size() == 1 ? "" : "s");
    if (!rise)
      return fmt::format("Calcium of {} {} stays at rest in {:g} s", somata->curves.size(), cells, network.simulated);
    sentence +=
        fmt::format("{}Calcium rises above {} µM in {} of {} {}, in the first after {} s, in the last after {} s",
                    sentence.empty() ? "" : "; ", number(rise->level), rise->cells, somata->curves.size(), cells,
                    number(rise->first), number(rise->last));
  }
  return sentence.empty() ? "The run ended before it had a result" : sentence;
}

}  // namespace

void write_network(const Run& run, Page& page) {
  const NetworkRun network(run);
  page.headline(headline(network));
  draw_means(network, page);
  draw_somata(network, page);
  if (network.has("tripartite_synapses"))
    page.picture("Releases of gliotransmitter",
                 network.releases.times.size() > most_raster_dots
                     ? "Colour: number of releases in a cell of the picture; below, releases per synapse and second."
                     : "Each dot is one release; below, releases per synapse and second.",
                 raster_picture(network.releases, network.simulated,
                                std::uint64_t(network.result("tripartite_synapses")), "tripartite synapse"));
  for (const Kind& kind : kinds) draw_single(network, kind, page);
  if (const std::string tables = result_table(network) + mean_table(network); !tables.empty())
    page.section("In numbers", tables);
}

}  // namespace tripartite::report
