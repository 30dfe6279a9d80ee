#include "tripartite/simulation/attend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>

#include "host/cli/command.hpp"
#include "host/cli/config_options.hpp"
#include "host/cli/run_listener.hpp"
#include "host/config/attend_parameters.hpp"
#include "host/config/choices.hpp"
#include "host/config/render.hpp"
#include "host/simulation/attend_files.hpp"
#include "host/simulation/run_directory.hpp"
#include "tripartite/report/report.hpp"
#include "tripartite/simulation/classify.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "A transformer reads a text, or looks at an image, twice: as it is, and with every attention head of every layer "
    "replaced by an "
    "integrated\n"
    "neuron-astrocyte network. The table tells how far the two are apart; the run directory has the report.\n"
    "\n"
    "Examples:\n"
    "  tripartite attend                                          the built-in model and paragraph\n"
    "  tripartite attend --text \"In the beginning was the Word\"\n"
    "  tripartite attend --model linear                           the twin trained with linear attention\n"
    "  tripartite attend --model models/all-MiniLM-L6-v2 --text-file letter.txt\n"
    "  tripartite attend --image digit.png                        the built-in model that reads digits\n"
    "  tripartite attend --image photo.jpg --model models/vit-base-patch16-224 --heads 2:0,11:3\n"
    "  tripartite attend --features favor_balanced --m 1024       random features instead of slots\n"
    "  tripartite attend --solver rk4 --dt 0.0005 --precision float64\n"
    "  tripartite attend --set synapse.heterogeneity=0.3 --out runs/uneven\n"
    "  tripartite attend --config runs/uneven/config.toml         repeats that run\n";

simulation::RunDescription describe(const config::AttendConfig& config) {
  const auto& table = config::attend_parameters();
  const auto values = table.values(config);
  simulation::RunDescription description;
  description.command = "attend";
  description.backend = config.execution.backend;
  description.precision = config.execution.precision;
  description.threads = config.execution.threads;
  description.seed = config.network.seed;
  description.config = config::render_json(table.description(), values);
  description.config_toml = config::render_toml(table.description(), values);
  return description;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

void print_table(const simulation::AttendResult& result, std::ostream& out) {
  out << fmt::format("{} reads {} tokens; attention by {} (m = {}), {} tripartite synapses per head\n\n", result.model,
                     result.token_ids.size(), config::choice_name(result.feature), result.hidden,
                     result.heads.front().synapses);
  out << "layer   error against linear attention   error against softmax attention     (relative L2; median, largest "
         "head)\n";
  for (int layer = 0; layer < result.shape.layers; ++layer) {
    std::vector<double> linear, softmax;
    for (const auto& head : result.heads)
      if (head.layer == layer) {
        linear.push_back(head.error_linear);
        softmax.push_back(head.error_softmax);
      }
    out << fmt::format("{:>5}        {:.1e}   {:.1e}             {:.1e}   {:.1e}\n", layer, median(linear),
                       *std::max_element(linear.begin(), linear.end()), median(softmax),
                       *std::max_element(softmax.begin(), softmax.end()));
  }
  out << '\n';
  const auto& answers = *result.end_to_end;
  if (!answers.classes_transformer.empty()) {
    const auto name = [&](const std::vector<double>& classes) {
      const int likeliest = simulation::likeliest(classes);
      return fmt::format("{} ({:.2f} %)", simulation::class_name(result.shape, likeliest),
                         100 * classes[std::size_t(likeliest)]);
    };
    out << fmt::format("the image is                  {} transformer, {} network\n", name(answers.classes_transformer),
                       name(answers.classes_network));
    out << fmt::format("KL divergence of the classes  {:.2e} nat\n", answers.kl_mean);
  } else if (answers.causal) {
    out << fmt::format("same likeliest next token     {:.2f} %\n", 100 * answers.top1_agreement);
    out << fmt::format("mean KL divergence            {:.2e} nat\n", answers.kl_mean);
    if (result.token_ids.size() > 1)
      out << fmt::format("perplexity                    {:.4f} transformer, {:.4f} network\n",
                         answers.perplexity_transformer, answers.perplexity_network);
  } else {
    out << fmt::format("cosine of the embeddings      {:.8f}\n", answers.cosine);
  }
}

/// What the run has so far, whole or not.
void write_files(simulation::RunDirectory& directory, const simulation::AttendResult& result,
                 const config::AttendConfig& config) {
  directory.results() = simulation::results_of(result);
  for (const auto& [phase, seconds] : result.seconds) directory.note_time(phase, seconds);
  simulation::write_attention_file(directory.file("attention.h5"), result, config.network);
  simulation::write_recordings_file(directory.file("recordings.h5"), result);
}

/// Keeps what can still be kept of a run that failed: the error that ended it is the one to tell, not what follows from
/// it.
void attempt(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception&) {
    return;
  }
}

Status attend(const config::AttendConfig& config, Session& session) {
  simulation::AttendResult result;
  std::optional<simulation::RunDirectory> directory;
  try {
    {
      TerminalListener listener(session, [&] {
        directory.emplace(config.output.directory, config.output.force,
                          describe(simulation::effective(config, result)));
      });
      if (config.execution.backend == Backend::automatic && built_with_cuda() && cuda_devices().empty())
        listener.message("no CUDA device answers here; the CPU computes");
      simulation::attend(config, listener, result);
    }
    write_files(*directory, result, config);
    directory->finish();
  } catch (const std::exception& error) {
    if (directory) {
      attempt([&] { write_files(*directory, result, config); });
      directory->fail(error);
      attempt([&] { report::write_report(directory->path()); });
      session.messages << fmt::format("tripartite: what was finished is in {}\n", directory->path().string());
    }
    throw;
  }
  report::write_report(directory->path());
  if (config.output.json) {
    session.results << directory->results().dump(2) << '\n';
  } else {
    print_table(result, session.results);
    session.results << fmt::format("\nreport: {}\n", (directory->path() / "report.html").string());
  }
  return Status::done;
}

}  // namespace

Action declare_attend(CLI::App& app) {
  const auto& table = config::attend_parameters();
  const ConfigOptions options(app, table.description(), examples);
  return [options, &table](Session& session) { return attend(table.resolve(options.settings()), session); };
}

}  // namespace tripartite::cli
