#include "host/config/attend_parameters.hpp"

#include <cmath>

#include "host/config/attention_parameters.hpp"
#include "host/config/render.hpp"
#include "host/io/parse_number.hpp"

namespace tripartite::config {
namespace {

bool names_a_head(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  for (const std::string_view part : {text.substr(0, colon), text.substr(colon + 1)}) {
    const auto number = io::parse_number<int>(part);
    if (!number || *number < 0) return false;
  }
  return true;
}

void check_input(const AttendConfig& config, const Origins& origins) {
  if (!config.text.empty() && !config.text_file.empty())
    throw origins.error("input.text_file", config.text_file, "must not be given together with input.text");
  if (!config.image.empty() && !(config.text.empty() && config.text_file.empty()))
    throw origins.error("input.image", config.image, "must not be given together with a text");
}

void check_heads(const AttendConfig& config, const Origins& origins) {
  const auto check = [&](const char* key, const std::vector<std::string>& heads) {
    for (const std::string& head : heads)
      if (!names_a_head(head))
        throw origins.error(key, heads, "each must be layer:head, both counted from 0, like \"2:0\"");
  };
  check("recording.heads", config.recording.heads);
  check("report.heads", config.drawn_heads);
}

ParameterTable<AttendConfig> make_table() {
  ParameterTable<AttendConfig> table("attend", "a transformer and the neuron-astrocyte network read the same text");
  table.section("input", "what is read");
  table.add(
      {.key = "text",
       .meaning = "the text itself; without text and text_file a built-in paragraph",
       .option = "--text",
       .optional = true},
      [](auto& c) -> auto& { return c.text; });
  table.add(
      {.key = "text_file", .meaning = "file with the text, UTF-8", .option = "--text-file", .optional = true},
      [](auto& c) -> auto& { return c.text_file; });
  table.add(
      {.key = "image",
       .meaning = "PNG or JPEG file, or a NumPy array of bytes, for a model that reads images",
       .option = "--image",
       .optional = true},
      [](auto& c) -> auto& { return c.image; });

  table.section("model", "the transformer");
  table.add(
      {.key = "path",
       .meaning = "directory with config.json, model.safetensors and tokeniser; or softmax or linear, the built-in "
                  "models; or embedded, the built-in one that the feature map suits",
       .option = "--model",
       .optional = true},
      [](auto& c) -> auto& { return c.model; });

  add_attention_parameters(table);
  add_execution_parameters(table);
  table.add(
      {.key = "seed", .meaning = "of feature matrices and heterogeneity", .range = at_least(0), .option = "--seed"},
      [](auto& c) -> auto& { return c.network.seed; });

  table.section("recording", "what recordings.h5 holds");
  table.add(
      {.key = "interval",
       .unit = "s",
       .meaning = "time between frames, rounded up to whole steps of a stepping solver; 0: nothing is recorded",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.recording.interval; });
  table.add(
      {.key = "fields", .meaning = "states"}, [](auto& c) -> auto& { return c.recording.fields; });
  table.add(
      {.key = "heads", .meaning = "heads, as layer:head"}, [](auto& c) -> auto& { return c.recording.heads; });
  table.add(
      {.key = "elements",
       .meaning =
           "synapses or neurons of each field and head, evenly spread; with slots, synapses of the first tokens; "
           "0: all",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.recording.elements; });
  table.add(
      {.key = "indices", .meaning = "exactly these instead; synapse (i, j) is i * m + j", .range = at_least(0)},
      [](auto& c) -> auto& { return c.recording.indices; });

  table.section("report", "what is computed for the report beside the comparison itself");
  table.add(
      {.key = "studies", .meaning = "error against m for every feature map, and against settle and read time"},
      [](auto& c) -> auto& { return c.studies; });
  table.add(
      {.key = "heads",
       .meaning = "heads whose attention weights the report shows, as layer:head; none: on an image those of the last "
                  "layer, of a text all heads where that is quick (at most 32 heads and 128 tokens, linear calcium, no "
                  "heterogeneity), else the first of recording.heads",
       .option = "--heads"},
      [](auto& c) -> auto& { return c.drawn_heads; });

  add_output_parameters(table);

  table.check(check_input);
  table.check(check_heads);
  return table;
}

}  // namespace

const ParameterTable<AttendConfig>& attend_parameters() {
  static const ParameterTable<AttendConfig> table = make_table();
  return table;
}

double Recording::effective_interval(const attention::Parameters& network) const {
  if (network.solver == attention::Solver::exact) return interval;
  return std::ceil(interval / network.dt * (1 - 1e-6)) * network.dt;  // a multiple of dt stays one despite rounding
}

}  // namespace tripartite::config
