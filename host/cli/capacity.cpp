#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ostream>
#include <string_view>

#include "host/cli/config_options.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/config/memory_parameters.hpp"
#include "host/simulation/capacity_files.hpp"
#include "tripartite/error.hpp"
#include "tripartite/simulation/recall.hpp"

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

void print_table(const std::vector<memory::CapacityCell>& cells, std::ostream& out) {
  const memory::CapacityFit fit = memory::fit_capacity(cells);
  out << "network          N     K_max   (68 % of resampled draws)    K_max / N\n";
  for (const auto& load : fit.loads) {
    out << fmt::format("{:<10}{:>8}", to_string(load.contender), load.neurons);
    if (load.is_bracketed)
      out << fmt::format("{:>10.0f}   ({:.0f} to {:.0f}){:>{}}{:>12.3f}\n", load.k_max, load.low, load.high, "",
                         std::max<int>(1, 23 - int(fmt::formatted_size("({:.0f} to {:.0f})", load.low, load.high))),
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

Status capacity(const config::CapacityConfig& config, bool resume, Session& session) {
  std::vector<memory::CapacityCell> cells;
  if (resume) cells = simulation::read_cells(std::filesystem::path(config.output.directory) / "capacity.csv");
  RecordedRun run;
  run.output = config.output;
  run.execution = config.execution;
  run.resume = resume;
  run.describe = [&] { return description_of(config::capacity_parameters(), simulation::effective(config), 0); };
  const auto write_cells = [&](const simulation::RunDirectory& directory) {
    simulation::write_cells(directory.file("capacity.csv"), cells);
  };
  run.compute = [&](simulation::RunListener& listener, auto& directory) {
    simulation::study_capacity(config, listener, std::vector(cells), [&](const memory::CapacityCell& cell) {
      cells.push_back(cell);
      write_cells(*directory);
    });
  };
  run.write = [&](simulation::RunDirectory& directory) {
    write_cells(directory);
    directory.results() = simulation::results_of(cells);
  };
  run.print = [&](std::ostream& out) { print_table(cells, out); };
  return carry_out(run, session);
}

/// What a resumed study may do otherwise than before: more networks of the same kind, elsewhere.
constexpr std::array may_change{"study.n",     "study.k",     "study.seeds",      "run.backend",
                                "run.threads", "output.json", "output.directory", "output.force"};

/// The configuration of the run directory with what was given on top.
config::Settings resumed(const ConfigOptions& options, const std::string& directory) {
  config::Settings settings = options.settings();
  for (const config::Parameter& parameter : config::capacity_parameters().parameters())
    if (const auto* given = settings.find(parameter.key);
        given != nullptr && std::find(may_change.begin(), may_change.end(), parameter.key) == may_change.end())
      throw ConfigError(fmt::format("{}: {} cannot change when a study is resumed", given->source, parameter.key));
  settings.read_file(std::filesystem::path(directory) / "config.toml");
  settings.set("output.directory", directory, "--resume");
  return settings;
}

}  // namespace

Action declare_capacity(CLI::App& app) {
  const ConfigOptions options(app, config::capacity_parameters().description(), examples);
  const auto directory = std::make_shared<std::string>();
  app.add_option("--resume", *directory, "go on in a run directory; more N, K and seeds may be given")
      ->type_name("DIR");
  return [options, directory](Session& session) {
    if (directory->empty()) return capacity(config::resolve_capacity(options.settings()), false, session);
    return capacity(config::resolve_capacity(resumed(options, *directory)), true, session);
  };
}

}  // namespace tripartite::cli
