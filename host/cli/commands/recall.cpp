#include "host/simulation/recall.hpp"

#include <fmt/format.h>

#include <ostream>
#include <utility>

#include "host/cli/recorded_run.hpp"
#include "host/config/memory_parameters.hpp"
#include "host/report/counted.hpp"
#include "host/report/pages.hpp"
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

void print_table(const config::RecallConfig&, const simulation::RecallResult& result, std::ostream& out) {
  const int neurons = result.patterns.neurons();
  out << fmt::format("{} in {} and {}\n\n", report::counted(result.patterns.count(), "pattern"),
                     report::counted(neurons, "neuron"),
                     report::counted(std::int64_t(neurons) * neurons, "astrocyte process", "astrocyte processes"));
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

}  // namespace

Command recall_command() {
  return {
      .name = "recall",
      .summary = "store patterns in astrocytes and recall them from corrupted cues",
      .examples = examples,
      .page = {"summary.json and recall.h5", report::write_recall},
      .work = recorded<config::RecallConfig, simulation::RecallResult>(
          {.parameters = config::recall_parameters,
           .resolve = config::resolve_recall,
           .positional = {.key = "patterns.images",
                          .name = "FILES",
                          .meaning = "images to store as patterns, the same as --images",
                          .source = "images"},
           .effective = [](config::RecallConfig config,
                           const auto&) { return simulation::effective(std::move(config)); },
           .run = [](const auto& config, auto& listener, const auto&,
                     auto& result) { simulation::recall(config, listener, result); },
           .results = [](const auto&, const auto& result) { return simulation::results_of(result); },
           .write = [](const auto&, const auto& result,
                       const auto& directory) { simulation::write_recall_file(directory.file("recall.h5"), result); },
           .print = print_table})};
}

}  // namespace tripartite::cli
