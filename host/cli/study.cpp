#include "tripartite/simulation/study.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "host/cli/command.hpp"
#include "host/cli/config_options.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/config/study_parameters.hpp"
#include "host/io/atomic_file.hpp"

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

/// Mean and standard deviation over seeds of one measure at each value.
nlohmann::ordered_json curves_of(const simulation::StudyResult& result) {
  // NaN, where there is no second parameter, has no place in an order.
  std::map<std::pair<attention::Feature, double>, std::map<double, std::vector<double>>> samples;
  for (const auto& row : result.rows)
    samples[{row.feature, result.by.empty() ? 0 : row.by}][row.value].push_back(
        simulation::measure_of(row, result.measure));
  nlohmann::ordered_json curves = nlohmann::ordered_json::array();
  for (const auto& [curve, at] : samples) {
    std::vector<double> values, means, deviations;
    std::size_t seeds = 0;
    for (const auto& [value, numbers] : at) {
      double mean = 0, square = 0;
      for (const double number : numbers) mean += number / double(numbers.size());
      for (const double number : numbers) square += (number - mean) * (number - mean);
      values.push_back(value);
      means.push_back(mean);
      deviations.push_back(numbers.size() > 1 ? std::sqrt(square / double(numbers.size() - 1)) : 0);
      seeds = std::max(seeds, numbers.size());
    }
    curves.push_back({{"features", config::choice_name(curve.first)},
                      {"by", result.by.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(curve.second)},
                      {"seeds", seeds},
                      {"value", values},
                      {"mean", means},
                      {"deviation", deviations}});
  }
  return curves;
}

nlohmann::ordered_json results_of(const simulation::StudyResult& result) {
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

void print(const nlohmann::ordered_json& results, std::ostream& out) {
  out << fmt::format("{}: {} against {}; the transformer's own {:.5g}\n\n", results["model"].get<std::string>(),
                     results["measure"].get<std::string>(), results["over"].get<std::string>(),
                     results["transformer"].get<double>());
  for (const auto& curve : results["curves"]) {
    out << curve["features"].get<std::string>();
    if (curve["by"].is_number())
      out << fmt::format(", {} {:g}", results["by"].get<std::string>(), curve["by"].get<double>());
    out << '\n';
    for (std::size_t i = 0; i < curve["value"].size(); ++i)
      out << fmt::format("  {:>10g}  {:.5g} ± {:.2g}\n", curve["value"][i].get<double>(),
                         curve["mean"][i].get<double>(), curve["deviation"][i].get<double>());
  }
}

Status study(const config::StudyConfig& config, Session& session) {
  simulation::StudyResult result;
  RecordedRun run;
  run.output = config.output;
  run.execution = config.execution;
  run.describe = [&] {
    return description_of(config::study_parameters(), simulation::effective(config, result), config.network.seed);
  };
  const auto keep = [&](const simulation::RunDirectory& directory) {
    io::write_file(directory.file("study.csv"), simulation::to_csv(result));
  };
  run.compute = [&](simulation::RunListener& listener, auto& directory) {
    simulation::study(config, listener, result, [&] { keep(*directory); });
  };
  run.write = [&](simulation::RunDirectory& directory) {
    directory.results() = results_of(result);
    keep(directory);
  };
  run.print = [&](std::ostream& out) { print(results_of(result), out); };
  return carry_out(run, session);
}

}  // namespace

Action declare_study(CLI::App& app) {
  const auto& table = config::study_parameters();
  const ConfigOptions options(app, table.description(), examples);
  const auto model = std::make_shared<std::string>();
  app.add_option("model", *model, "directory of a model, embedded, softmax or linear")->type_name("MODEL");
  return [options, model, &table](Session& session) {
    auto settings = options.settings();
    if (!model->empty()) settings.set("model.path", *model, "MODEL");
    return study(table.resolve(settings), session);
  };
}

}  // namespace tripartite::cli
