#include "host/simulation/attend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "host/cli/recorded_run.hpp"
#include "host/config/attend_parameters.hpp"
#include "host/config/choices.hpp"
#include "host/report/counted.hpp"
#include "host/report/pages.hpp"
#include "host/simulation/attend_files.hpp"
#include "host/simulation/classify.hpp"
#include "host/simulation/do_all.hpp"
#include "host/simulation/run_directory.hpp"

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

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

void print_table(const config::AttendConfig&, const simulation::AttendResult& result, std::ostream& out) {
  out << fmt::format("{} reads {}; attention by {} (m = {}), {} per head\n\n", result.model,
                     report::counted(result.token_ids.size(), "token"), config::choice_name(result.feature),
                     result.hidden, report::counted(result.heads.front().synapses, "tripartite synapse"));
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

void write_files(const config::AttendConfig& config, const simulation::AttendResult& result,
                 const simulation::RunDirectory& directory) {
  simulation::do_all({[&] { simulation::write_attention_file(directory.file("attention.h5"), result, config.network); },
                      [&] { simulation::write_recordings_file(directory.file("recordings.h5"), result); }});
}

}  // namespace

Command attend_command() {
  return {.name = "attend",
          .summary = "a text through a transformer and through the network in place of its attention",
          .examples = examples,
          .page = {"summary.json, attention.h5 and recordings.h5", report::write_attend},
          .work = recorded<config::AttendConfig, simulation::AttendResult>(
              {.parameters = config::attend_parameters,
               .effective = simulation::effective,
               .run = [](const auto& config, auto& listener, const auto&,
                         auto& result) { simulation::attend(config, listener, result); },
               .results = [](const auto&, const auto& result) { return simulation::results_of(result); },
               .write = write_files,
               .print = print_table})};
}

}  // namespace tripartite::cli
