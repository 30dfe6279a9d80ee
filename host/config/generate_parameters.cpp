#include "host/config/generate_parameters.hpp"

#include "host/config/attention_parameters.hpp"

namespace tripartite::config {
namespace {

ParameterTable<GenerateConfig> make_table() {
  ParameterTable<GenerateConfig> table("generate",
                                       "a language model writes text, its attention by the network if wanted");
  table.section("input", "what is continued");
  table.add(
      {.key = "prompt", .meaning = "text to continue", .option = "--prompt"},
      [](auto& c) -> auto& { return c.prompt; });
  table.add(
      {.key = "tokens",
       .meaning = "how many new tokens are written",
       .range = within(1, 1 << 20),
       .option = "--tokens"},
      [](auto& c) -> auto& { return c.tokens; });

  table.section("model", "the transformer");
  table.add(
      {.key = "path",
       .meaning = "softmax or linear, the built-in models; or the directory of a language model",
       .option = "--model"},
      [](auto& c) -> auto& { return c.model; });
  table.add(
      {.key = "network",
       .meaning = "attention by the integrated neuron-astrocyte network: each token is written once, then read",
       .option = "--network"},
      [](auto& c) -> auto& { return c.integrate; });

  table.section("sampling", "how the next token is chosen");
  table.add(
      {.key = "temperature",
       .meaning = "0 takes the likeliest token, 1 the model's own odds",
       .range = at_least(0),
       .option = "--temperature"},
      [](auto& c) -> auto& { return c.temperature; });
  table.add(
      {.key = "top_k",
       .meaning = "draw among so many of the likeliest tokens; 0: among all",
       .range = at_least(0),
       .option = "--top-k"},
      [](auto& c) -> auto& { return c.top_k; });

  add_attention_parameters(table);
  add_execution_parameters(table);
  table.add(
      {.key = "seed",
       .meaning = "of the drawn tokens, of feature matrices and of heterogeneity",
       .range = at_least(0),
       .option = "--seed"},
      [](auto& c) -> auto& { return c.network.seed; });

  add_output_parameters(
      table, "run directory, new or empty, which `tripartite resume` goes on with; without it nothing is left",
      "print one object with text, ids and times");
  return table;
}

}  // namespace

const ParameterTable<GenerateConfig>& generate_parameters() {
  static const ParameterTable<GenerateConfig> table = make_table();
  return table;
}

}  // namespace tripartite::config
