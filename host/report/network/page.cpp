#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/report/activity.hpp"
#include "host/report/html.hpp"
#include "host/report/model_states.hpp"
#include "host/report/network/sheet.hpp"
#include "host/report/network/wave.hpp"
#include "host/report/oscillation.hpp"
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
  std::optional<io::Hdf5File> means;
  std::vector<double> time;  // of the means
  io::Spikes releases;
  double simulated;

  explicit NetworkRun(const Run& of)
      : run(of),
        states(synapse_states(of.summary)),
        recorded(read_recorded(of.directory, order())),
        simulated(result("simulated_s")) {
    if (const auto path = of.directory / "means.h5"; std::filesystem::exists(path)) {
      means.emplace(io::Hdf5File::open(path));
      time = means->read<double>("/time").values;
    }
    if (const auto path = of.directory / "releases.h5"; std::filesystem::exists(path))
      releases = io::read_sonata_spikes(path);
  }

  double result(const std::string& key) const { return number_at(run.summary, "/results/" + key); }
  bool has(const std::string& key) const { return result(key) > 0; }
  std::vector<std::string_view> order() const {
    std::vector<std::string_view> names{"nu"};
    for (const std::string_view name : states.order()) names.push_back(name);
    names.push_back("C_s");
    return names;
  }
  std::vector<double> mean(const std::string& field) const {
    const std::string path = "/mean/" + field;
    auto values = means && means->contains(path) ? means->read<double>(path).values : std::vector<double>();
    return values.size() == time.size() ? values : std::vector<double>();
  }
  const Recorded* somata() const { return find_field(recorded, "C_s"); }
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
  return network.mean(mean.field);
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
                 trace_picture(network.time, rows, {"time [s]", false, {0, network.simulated}}));
}

void draw_somata(const NetworkRun& network, Page& page) {
  const Recorded* somata = network.somata();
  if (somata == nullptr) return;
  if (network.is_sheet())
    page.picture(
        "The sheet",
        "Calcium of every astrocyte at each quarter of the time between the first rise of calcium and the last, "
        "all on one scale.",
        network::sheet_picture(*somata));
  else
    page.picture("Calcium in the somata", "One row per astrocyte.", network::soma_picture(*somata));
}

void draw_neurons(const NetworkRun& network, Page& page) {
  const Recorded* rates = find_field(network.recorded, "nu");
  if (rates == nullptr || network.result("neurons") <= 1) return;
  const Chosen chosen = choose_active(*rates, most_curves, "neuron");
  page.picture("Single neurons", "ν: firing rate. " + chosen.why,
               trace_picture(rates->time, {row_of(*rates, chosen.columns, "neuron")},
                             {"time [s]", false, {0, network.simulated}}));
}

void draw_synapses(const NetworkRun& network, Page& page) {
  const Recorded* calcium = find_field(network.recorded, network.states.calcium);
  if (calcium == nullptr) return;
  const Chosen chosen = choose_active(*calcium, most_curves, "synapse");
  std::vector<TraceRow> rows;
  std::string reading;
  for (const Recorded& field : network.recorded) {
    if (field.field == "nu" || field.field == "C_s" || field.ids != calcium->ids) continue;
    rows.push_back(row_of(field, chosen.columns, "synapse"));
    reading += fmt::format("{}{}: {}", reading.empty() ? "" : "; ", symbol_of(field.field),
                           network.states.meaning(field.field));
    if (&field != calcium) continue;
    if (const auto threshold = common_threshold(network.run.summary)) rows.back().levels.push_back({*threshold, "C_Θ"});
    mark_events(network.releases, field, chosen.columns, "release", rows.back());
  }
  page.picture("Single tripartite synapses",
               reading + ". Dots on calcium: releases of gliotransmitter, where it crosses C_Θ upwards. " + chosen.why,
               trace_picture(calcium->time, rows, {"time [s]", false, {0, network.simulated}}));
}

void draw_single_somata(const NetworkRun& network, Page& page) {
  const Recorded* somata = network.somata();
  if (somata == nullptr) return;
  const Chosen chosen = choose_active(*somata, most_curves, "astrocyte");
  page.picture("Single astrocytes", "C_s: calcium of the soma. " + chosen.why,
               trace_picture(somata->time, {row_of(*somata, chosen.columns, "astrocyte")},
                             {"time [s]", false, {0, network.simulated}}));
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
    const Course course = course_of(network.time, values, 0);
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
    sentence +=
        fmt::format("{}{:.0f} releases of gliotransmitter", sentence.empty() ? "" : "; ", network.result("releases"));
  if (network.has("neurons") && !network.releases.times.empty())
    sentence += fmt::format(", the first after {} s", number(network.releases.times.front()));
  if (const Recorded* somata = network.somata(); somata != nullptr && !network.has("neurons")) {
    const auto rise = network::rise_of(*somata);
    if (!rise)
      return fmt::format("Calcium of {:.0f} astrocytes stays at rest in {:g} s", network.result("astrocytes"),
                         network.simulated);
    sentence += fmt::format(
        "{}Calcium rises above {} µM in {} of {:.0f} astrocytes, in the first after {} s, in the "
        "last after {} s",
        sentence.empty() ? "" : "; ", number(rise->level), rise->cells, network.result("astrocytes"),
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
  draw_neurons(network, page);
  draw_synapses(network, page);
  draw_single_somata(network, page);
  if (const std::string tables = result_table(network) + mean_table(network); !tables.empty())
    page.section("In numbers", tables);
}

}  // namespace tripartite::report
