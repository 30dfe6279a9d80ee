#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <ostream>
#include <string_view>
#include <utility>

#include "host/cli/recorded_run.hpp"
#include "host/config/memory_parameters.hpp"
#include "host/report/pages.hpp"
#include "host/simulation/capacity_files.hpp"
#include "host/simulation/recall.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Asks networks of several sizes N for memories under growing loads K, the neuron-astrocyte network and a Hopfield\n"
    "network with the same patterns and cues, finds the load K_max at which half of the cues are recalled, and fits\n"
    "K_max ~ N^exponent. Every network that was asked is a line of capacity.csv at once: a study can be resumed.\n"
    "\n"
    "Examples:\n"
    "  tripartite capacity --n 30,50,80                 a first impression, in a minute\n"
    "  tripartite capacity --out runs/study             N = 50, 100, 200, three draws of patterns\n"
    "  tripartite capacity --resume runs/study          goes on where that was interrupted\n"
    "  tripartite capacity --resume runs/study --seeds 1,2,3,4,5,6 --n 50,100,200,400     and adds to it\n"
    "  tripartite capacity --regime warm --n 50,100     the authors' tutorial\n"
    "  tripartite capacity --kappa 0 --n 50,100         the astrocytes' coupling removed\n";

using Cells = std::vector<memory::CapacityCell>;

void print_table(const config::CapacityConfig&, const Cells& cells, std::ostream& out) {
  const memory::CapacityFit fit = memory::fit_capacity(cells);
  out << "network          N     K_max   (68 % of resampled draws)    K_max / N\n";
  for (const auto& load : fit.loads) {
    out << fmt::format("{:<10}{:>8}", to_string(load.contender), load.neurons);
    if (load.is_bracketed)
      out << fmt::format("{:>10.0f}   ({:.0f} to {:.0f}){:>{}}{:>12.3f}\n", load.k_max, load.low, load.high, "",
                         std::max<int>(1, 23 - int(fmt::format("({:.0f} to {:.0f})", load.low, load.high).size())),
                         load.k_max / load.neurons);
    else
      out << "         -   not between the loads that were asked\n";
  }
  out << '\n';
  for (const auto& law : fit.laws)
    if (law.sizes > 1)
      out << fmt::format("{:<10}K_max = {:.3g} N^({:.2f} +- {})\n", to_string(law.contender), law.prefactor,
                         law.exponent,
                         std::isfinite(law.uncertainty) ? fmt::format("{:.2f}", law.uncertainty)
                                                        : "?: that needs two draws or three sizes");
    else
      out << fmt::format("{:<10}no exponent: that needs two sizes with a K_max\n", to_string(law.contender));
}

std::filesystem::path table_in(const config::CapacityConfig& config) {
  return std::filesystem::path(config.output.directory) / "capacity.csv";
}

void write_cells(const config::CapacityConfig&, const Cells& cells, const simulation::RunDirectory& directory) {
  simulation::write_cells(directory.file("capacity.csv"), cells);
}

void run(const config::CapacityConfig& config, simulation::RunListener& listener,
         const std::optional<simulation::RunDirectory>& directory, Cells& cells) {
  simulation::study_capacity(config, listener, Cells(cells), [&](const memory::CapacityCell& cell) {
    cells.push_back(cell);
    write_cells(config, cells, *directory);
  });
}

/// What a resumed study may do otherwise than before: more networks of the same kind, elsewhere.
constexpr std::array<std::string_view, 8> may_change{"study.n",     "study.k",     "study.seeds",      "run.backend",
                                                     "run.threads", "output.json", "output.directory", "output.force"};

}  // namespace

Command capacity_command() {
  return {.name = "capacity",
          .summary = "how many patterns a network of N neurons holds, astrocytes against Hopfield",
          .examples = examples,
          .page = {"summary.json", report::write_capacity},
          .work = recorded<config::CapacityConfig, Cells>(
              {.parameters = config::capacity_parameters,
               .resolve = config::resolve_capacity,
               .resume = {.meaning = "go on in a run directory; more N, K and seeds may be given",
                          .may_change = may_change,
                          .take_over = [](const auto& config,
                                          auto& cells) { cells = simulation::read_cells(table_in(config)); }},
               .effective = [](config::CapacityConfig config,
                               const auto&) { return simulation::effective(std::move(config)); },
               .run = run,
               .results = [](const auto&, const auto& cells) { return simulation::results_of(cells); },
               .write = write_cells,
               .print = print_table})};
}

}  // namespace tripartite::cli
