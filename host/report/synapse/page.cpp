#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "host/report/activity.hpp"
#include "host/report/counted.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report {
namespace {

constexpr std::size_t most_populations = 6;

Picture mean_traces(const Run& run) {
  const auto path = run.directory / "means.h5";
  if (!std::filesystem::exists(path)) return Absent{"This run has no means.h5."};
  const auto file = io::Hdf5File::open(path);
  const auto time = file.read<double>("/time").values;
  const std::size_t populations = part_at(run.summary, "/results/populations").size();
  std::vector<TraceRow> rows;
  for (const char* name : {"r", "C", "Gamma_S"}) {
    TraceRow row{name, {"mean"}, {file.read<double>(fmt::format("/mean/{}", name)).values}};
    if (populations > 1) row = {name, {}, {}};
    for (std::size_t k = 0; populations > 1 && k < std::min(populations, most_populations); ++k) {
      row.names.push_back(fmt::format("population {}", k));
      row.curves.push_back(file.read<double>(fmt::format("/populations/{}/{}", k, name)).values);
    }
    rows.push_back(std::move(row));
  }
  return trace_picture(time, rows);
}

}  // namespace

void write_synapse(const Run& run, Page& page) {
  const auto number_of = [&](const char* pointer) { return number_at(run.summary, pointer); };
  page.headline(fmt::format("{} in {:g} s: {} of gliotransmitter by {:.0f} of them",
                            counted(number_of("/results/synapses"), "tripartite synapse"),
                            number_of("/results/simulated_s"), counted(number_of("/results/releases"), "release"),
                            number_of("/results/releasing_synapses")));
  Table table{{"quantity", "value"}, {}, false};
  table.rows.push_back({"simulated time", fmt::format("{:g} s", number_of("/results/simulated_s"))});
  table.rows.push_back({"releases per synapse", number(number_of("/results/release_rate_per_s")) + " /s"});
  table.rows.push_back({"synapse steps per second", number(number_of("/results/synapse_steps_per_s"))});
  for (const auto& [name, value] : part_at(run.summary, "/results/final_means").items())
    if (value.is_number()) table.rows.push_back({"mean " + escape(name) + " at the end", number(value.get<double>())});
  std::string results = to_html(table);
  const auto& populations = part_at(run.summary, "/results/populations");
  if (populations.size() > 1) {
    Table each{{"population", "synapses", "releases [1/s]", "C at the end [uM]", "Gamma_S at the end"}, {}, false};
    for (std::size_t k = 0; k < populations.size(); ++k) {
      const auto value = [&](const char* pointer) { return number(number_at(populations[k], pointer)); };
      each.rows.push_back({fmt::format("{}", k), value("/synapses"), value("/release_rate_per_s"),
                           value("/final_means/C"), value("/final_means/Gamma_S")});
    }
    results += to_html(each);
  }
  page.section("Result", results);
  page.section("Pictures", "");
  page.picture("Single synapses",
               "u: utilisation, x: resources, Y: glutamate in the cleft, Gamma_S and Gamma_A: bound receptors of the "
               "presynaptic terminal and of the astrocyte, I: IP3, C: calcium, x_A: releasable gliotransmitter, G_A: "
               "released gliotransmitter. A release occurs when calcium crosses its threshold upwards.",
               recorded_picture(run.directory, "synapse"));
  page.picture("The population", "Mean over synapses: r is the fraction that a presynaptic spike would release.",
               mean_traces(run));
  page.picture("Releases of gliotransmitter", "Each dot is one release; below, releases per synapse and second.",
               events_picture(run.directory / "releases.h5", number_of("/results/simulated_s"),
                              std::uint64_t(number_of("/results/synapses")), "synapse"));
}

}  // namespace tripartite::report
