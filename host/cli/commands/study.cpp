#include "host/simulation/study.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "host/cli/recorded_run.hpp"
#include "host/config/study_parameters.hpp"
#include "host/io/atomic_file.hpp"
#include "host/report/pages.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "A whole model answers with the network in place of its attention, at several values of one parameter and with\n"
    "several seeds. The run directory has study.csv, a line per value and seed, and the picture, study.svg.\n"
    "\n"
    "Examples:\n"
    "  tripartite study embedded --over heterogeneity --values 0,0.1,0.3,1 --digits\n"
    "  tripartite study softmax --over m --values 64,256,1024 --maps favor,favor_balanced --texts verses.txt --most 8\n"
    "  tripartite study models/vit-base-patch16-224 --over decay --values 0,0.01,0.1 --images a.jpg,b.jpg\n"
    "  tripartite study linear --set astrocyte.model=gchi --over speed --values 1,10,100 --by read --by-values 0.25,1\n"
    "  tripartite study linear --over settle --values 0.025,0.05,0.1 --out runs/more --resume runs/stopped\n";

/// One measure at each value: that of every seed, their mean and standard deviation; a single seed has none.
nlohmann::ordered_json curves_of(const simulation::StudyResult& result) {
  // NaN, where there is no second parameter, has no place in an order.
  std::map<std::pair<attention::Feature, double>, std::map<double, std::vector<double>>> samples;
  for (const auto& row : result.rows)
    samples[{row.feature, result.by.empty() ? 0 : row.by}][row.value].push_back(
        simulation::measure_of(row, result.measure));
  nlohmann::ordered_json curves = nlohmann::ordered_json::array();
  for (const auto& [curve, at] : samples) {
    std::vector<double> values, means;
    nlohmann::ordered_json deviations = nlohmann::ordered_json::array(), seeded = nlohmann::ordered_json::array();
    std::size_t seeds = 0;
    for (const auto& [value, numbers] : at) {
      // From the first, so that equal numbers have themselves as mean and no deviation.
      double mean = numbers.front(), square = 0;
      for (const double number : numbers) mean += (number - numbers.front()) / double(numbers.size());
      for (const double number : numbers) square += (number - mean) * (number - mean);
      values.push_back(value);
      means.push_back(mean);
      deviations.push_back(numbers.size() > 1 ? nlohmann::ordered_json(std::sqrt(square / double(numbers.size() - 1)))
                                              : nlohmann::ordered_json());
      seeded.push_back(numbers);
      seeds = std::max(seeds, numbers.size());
    }
    curves.push_back({{"features", config::choice_name(curve.first)},
                      {"by", result.by.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(curve.second)},
                      {"seeds", seeds},
                      {"value", values},
                      {"mean", means},
                      {"deviation", std::move(deviations)},
                      {"samples", std::move(seeded)}});
  }
  return curves;
}

nlohmann::ordered_json results_of(const config::StudyConfig&, const simulation::StudyResult& result) {
  return {{"model", result.model},
          {"over", result.over},
          {"unit", result.unit},
          {"by", result.by},
          {"by_unit", result.by_unit},
          {"measure", result.measure},
          {"transformer", result.reference},
          {"inputs", result.inputs},
          {"tokens", result.tokens},
          {"curves", curves_of(result)}};
}

void print(const config::StudyConfig& config, const simulation::StudyResult& result, std::ostream& out) {
  const nlohmann::ordered_json results = results_of(config, result);
  out << fmt::format("{}: {} against {}; the transformer's own {:.5g}\n\n", results["model"].get<std::string>(),
                     results["measure"].get<std::string>(), results["over"].get<std::string>(),
                     results["transformer"].get<double>());
  for (const auto& curve : results["curves"]) {
    out << curve["features"].get<std::string>();
    if (curve["by"].is_number())
      out << fmt::format(", {} {:g}", results["by"].get<std::string>(), curve["by"].get<double>());
    out << '\n';
    for (std::size_t i = 0; i < curve["value"].size(); ++i)
      out << fmt::format("  {:>10g}  {:.5g}{}\n", curve["value"][i].get<double>(), curve["mean"][i].get<double>(),
                         curve["deviation"][i].is_number() && curve["deviation"][i].get<double>() > 0
                             ? fmt::format(" ± {:.2g}", curve["deviation"][i].get<double>())
                             : "");
  }
}

void write_rows(const config::StudyConfig&, const simulation::StudyResult& result,
                const simulation::RunDirectory& directory) {
  io::write_file(directory.file("study.csv"), simulation::to_csv(result));
}

void run(const config::StudyConfig& config, simulation::RunListener& listener,
         const std::optional<simulation::RunDirectory>& directory, simulation::StudyResult& result) {
  simulation::study(config, listener, result, [&] { write_rows(config, result, *directory); });
}

}  // namespace

Command study_command() {
  return {.name = "study",
          .summary = "accuracy of a whole model against one biological parameter of the network",
          .examples = examples,
          .page = {"summary.json", report::write_study},
          .work = recorded<config::StudyConfig, simulation::StudyResult>(
              {.parameters = config::study_parameters,
               .positional = {.key = "model.path",
                              .name = "model",
                              .meaning = "directory of a model, embedded, softmax or linear",
                              .placeholder = "MODEL",
                              .source = "MODEL"},
               .effective = simulation::effective,
               .run = run,
               .results = results_of,
               .write = write_rows,
               .print = print})};
}

}  // namespace tripartite::cli
