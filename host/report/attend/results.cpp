#include "host/report/attend/results.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "host/report/html.hpp"
#include "host/report/statistics.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report::attend {
namespace {

/// A cosine with enough digits to distinguish it from 1.
std::string cosine_words(double cosine) {
  return std::isfinite(cosine) ? fmt::format("{:.7g}", cosine) : number(cosine);
}

std::string perplexity_words(double perplexity) {
  return std::isfinite(perplexity) ? fmt::format("{:.5g}", perplexity) : number(perplexity);
}

/// The largest error of the run against the attention that its feature map approximates.
std::string error_sentence(const RunFiles& run, const nlohmann::json& heads) {
  const std::string features = run.features();
  const auto softmax = numbers_of(heads, "error_softmax");
  if (features == "slots") return fmt::format("largest error {} against softmax attention", number(largest(softmax)));
  std::string words = fmt::format("largest error {} against linear attention with the same features ({})",
                                  number(largest(numbers_of(heads, "error_linear"))), features);
  if (features.starts_with("favor"))
    words += fmt::format(", and {} (median) against softmax attention", number(quartiles(softmax).median));
  return words;
}

std::string end_to_end_sentence(const nlohmann::json& summary) {
  if (part_at(summary, "/results/end_to_end").contains("labels"))
    return number_at(summary, "/results/end_to_end/top1_agreement") == 1
               ? "; both models give the image the same class"
               : "; the two models give the image different classes";
  if (const double top = number_at(summary, "/results/end_to_end/top1_agreement"); std::isfinite(top))
    return fmt::format("; the two models agree on {} of next tokens", percent(top));
  if (const double cosine = number_at(summary, "/results/end_to_end/cosine"); std::isfinite(cosine))
    return fmt::format("; cosine of the two embeddings {}", cosine_words(cosine));
  return {};
}

struct Outcome {
  const char* key;
  const char* name;
  std::string (*words)(double);
  const char* reading;
};
constexpr std::array<Outcome, 5> outcomes{{
    {"top1_agreement", "same most likely next token", percent, "fraction of positions; higher is better"},
    {"kl_mean", "Kullback–Leibler divergence", number,
     "[nat] between the predictions of the network and of the transformer, mean over predictions; lower is better"},
    {"perplexity_transformer", "perplexity of the transformer", perplexity_words, "on this text; lower is better"},
    {"perplexity_network", "perplexity of the network", perplexity_words, "best if equal to that of the transformer"},
    {"cosine", "cosine of the two embeddings", cosine_words, "1 is identical"},
}};

}  // namespace

std::string headline(const RunFiles& run) {
  const auto& heads = part_at(run.summary, "/results/heads");
  if (heads.empty())
    return fmt::format("No head of {} has a result: the run {}", run.model(),
                       text_at(run.summary, "/status") == "failed" ? "failed" : "was stopped before");
  return fmt::format(
      "{} of {} replaced by {}: {}{}", count(heads.size(), "head"), run.model(),
      heads.size() == 1 ? "an integrated neuron–astrocyte network" : "integrated neuron–astrocyte networks",
      error_sentence(run, heads), end_to_end_sentence(run.summary));
}

std::string text_read(const RunFiles& run) {
  std::string html;
  const std::string text = text_at(run.summary, "/results/text");
  if (!text.empty()) html += fmt::format("<blockquote dir=\"auto\">{}</blockquote>\n", escape(text));
  if (const auto tokens = run.tokens(); !tokens.empty()) {
    std::string chips;
    for (const auto& token : tokens) chips += fmt::format("<bdi>{}</bdi> ", escape(token_name(token)));
    html += fmt::format("<details{}><summary>{}</summary><div class=\"tokens\">{}</div></details>\n",
                        text.empty() ? " open" : "", count(tokens.size(), "token"), chips);
  }
  return html;
}

std::string end_to_end_table(const RunFiles& run) {
  const auto& results = part_at(run.summary, "/results/end_to_end");
  Table table{{"measure", "value", "interpretation"}, {}, true};
  const bool is_image = results.contains("labels");
  for (const Outcome& outcome : outcomes)
    if (results.contains(outcome.key) && !(is_image && outcome.key == std::string_view("top1_agreement")))
      table.rows.push_back(
          {outcome.name, outcome.words(number_at(results, fmt::format("/{}", outcome.key))), outcome.reading});
  return table.rows.empty() ? std::string() : to_html(table);
}

std::string layer_table(const RunFiles& run) {
  std::map<std::string, nlohmann::json> layers;  // in the order of the names, numbers padded to the same width
  for (const auto& head : part_at(run.summary, "/results/heads"))
    layers[fmt::format("{:8g}", number_at(head, "/layer"))].push_back(head);
  if (layers.empty()) return {};
  Table table{{"layer", "heads", "error against linear [1]: median", "largest", "against softmax [1]: median",
               "largest", "tripartite synapses"},
              {}};
  for (const auto& [layer, heads] : layers) {
    const auto linear = numbers_of(heads, "error_linear");
    const auto softmax = numbers_of(heads, "error_softmax");
    const auto synapses = numbers_of(heads, "synapses");
    table.rows.push_back({layer.substr(layer.find_first_not_of(' ')), std::to_string(heads.size()),
                          number(quartiles(linear).median), number(largest(linear)), number(quartiles(softmax).median),
                          number(largest(softmax)), number(std::accumulate(synapses.begin(), synapses.end(), 0.0))});
  }
  const double hidden = number_at(run.summary, "/results/hidden");
  const std::string size_html =
      hidden > 0 ? fmt::format("Each head has {} hidden neurons ({}). ", hidden, escape(run.features())) : "";
  return to_html(table) + "<p class=\"reading\">" + size_html +
         "Relative L2 error of the network's output over all tokens of a head; lower is better. "
         "Linear: linear attention with the network's own features, which shows the error of the integration in time. "
         "Softmax: the usual attention of a transformer, which adds the error of the features.</p>\n";
}

std::string calcium_table(const RunFiles& run) {
  const auto& calcium = part_at(run.summary, "/results/calcium");
  std::map<int, nlohmann::json> layers;
  for (const auto& head : part_at(calcium, "/heads")) layers[int(number_at(head, "/layer"))].push_back(head);
  Table table{
      {"layer", "κ, median [µM/s]", "γ, median [1/µM]", "p_min, median [1]", "error of heads [1]: median", "largest"},
      {}};
  const auto errors = part_at(run.summary, "/results/heads");
  for (const auto& layer : layers) {
    const auto& heads = layer.second;
    std::vector<double> error;
    for (const auto& head : errors)
      if (int(number_at(head, "/layer")) == layer.first) error.push_back(number_at(head, "/error_linear"));
    const auto median = [&](const char* name) { return number(quartiles(numbers_of(heads, name)).median); };
    table.rows.push_back({std::to_string(layer.first), median("production"), median("gain"), median("least"),
                          error.empty() ? "" : number(quartiles(error).median),
                          error.empty() ? "" : number(largest(error))});
  }
  const double from = number_at(calcium, "/oscillates_from");
  return to_html(table) +
         fmt::format(
             "<p class=\"reading\">{}, {} times as fast as the astrocyte's own; C_rest = {} µM. IP3 production κ G, "
             "p = max(γ (C − C_rest), p_min). Errors are against linear attention with the same features, "
             "which the model with linear calcium reproduces to about 1e-4. {}</p>\n",
             escape(text_at(run.summary, "/config/astrocyte/model")),
             number(number_at(run.summary, "/config/astrocyte/speed")), number(number_at(calcium, "/rest")),
             std::isfinite(from) ? fmt::format("Calcium oscillates where production exceeds {} µM/s.", number(from))
                                 : std::string("Calcium settles at every production that occurred."));
}

}  // namespace tripartite::report::attend
