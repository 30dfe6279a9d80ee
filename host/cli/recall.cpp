#include "tripartite/simulation/recall.hpp"

#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "host/cli/config_options.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/config/memory_parameters.hpp"
#include "host/simulation/recall_files.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Patterns of +-1 are stored in the coupling between the processes of astrocytes. Each is recalled from a cue that\n"
    "shows it corrupted: N neurons, N^2 synapses and N^2 processes are integrated until they settle. The table tells\n"
    "how many neurons end with a wrong sign; the run directory has the report.\n"
    "\n"
    "Examples:\n"
    "  tripartite recall                                          10 random patterns of 500 neurons, 10 % flipped\n"
    "  tripartite recall --n 200 --k 400 --cues 5                 more patterns than neurons\n"
    "  tripartite recall a.png b.jpg c.jpg --kind occlude --corruption 0.3 --kappa 6N     images, partly hidden\n"
    "  tripartite recall --patterns letters.npy --kind noise --corruption 0.8\n"
    "  tripartite recall --kappa 0                                without the astrocytes' coupling: every flip stays\n"
    "  tripartite recall --regime warm                            the authors' tutorial; docs/memory.md compares\n"
    "  tripartite recall --solver adaptive --precision float64    steps as long as the tolerance allows\n"
    "  tripartite recall --config runs/mine/config.toml           repeats that run\n";

constexpr std::size_t most_rows = 20;

void print_table(const simulation::RecallResult& result, std::ostream& out) {
  const int neurons = result.patterns.neurons();
  out << fmt::format("{} patterns in {} neurons and {} astrocyte processes\n\n", result.patterns.count(), neurons,
                     std::int64_t(neurons) * neurons);
  out << "pattern   wrong signs: cue   recalled    overlap   steps\n";
  for (std::size_t i = 0; i < std::min(result.cues.size(), most_rows); ++i) {
    const memory::Recalled& cue = result.cues[i];
    out << fmt::format("{:>7}{:>19}{:>11}{:>11.4f}{:>8}{}{}\n", cue.pattern, cue.wrong_before, cue.wrong_after,
                       cue.overlap, cue.status.steps, cue.status.is_settled ? "" : "   not settled",
                       result.names.empty() ? "" : "   " + result.names[std::size_t(cue.pattern)]);
  }
  if (result.cues.size() > most_rows) out << fmt::format("    ... {} more\n", result.cues.size() - most_rows);
  out << fmt::format("\nrecalled without a wrong sign  {:.1f} %\n", 100 * result.recalled_fraction());
  if (result.why_no_energy.empty())
    out << fmt::format("largest rise of the energy     {:.1e} of it\n", result.energy_rise_max());
}

Status recall(const config::RecallConfig& config, Session& session) {
  simulation::RecallResult result;
  RecordedRun run;
  run.output = config.output;
  run.execution = config.execution;
  run.describe = [&] {
    return description_of(config::recall_parameters(), simulation::effective(config), config.seed);
  };
  run.compute = [&](simulation::RunListener& listener, auto&) { simulation::recall(config, listener, result); };
  run.write = [&](simulation::RunDirectory& directory) {
    directory.results() = simulation::results_of(result);
    simulation::write_recall_file(directory.file("recall.h5"), result);
  };
  run.print = [&](std::ostream& out) { print_table(result, out); };
  return carry_out(run, session);
}

}  // namespace

Action declare_recall(CLI::App& app) {
  const ConfigOptions options(app, config::recall_parameters().description(), examples);
  const auto files = std::make_shared<std::vector<std::string>>();
  app.add_option("FILES", *files, "images to store as patterns, the same as --images")->type_name("");
  return [options, files](Session& session) {
    config::Settings settings = options.settings();
    if (!files->empty()) settings.set("patterns.images", config::to_toml(*files), "images");
    return recall(config::resolve_recall(std::move(settings)), session);
  };
}

}  // namespace tripartite::cli
