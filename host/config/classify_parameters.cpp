#include "host/config/classify_parameters.hpp"

#include "host/config/attention_parameters.hpp"

namespace tripartite::config {
namespace {

ParameterTable<ClassifyConfig> make_table() {
  ParameterTable<ClassifyConfig> table("classify",
                                       "a vision transformer names images, and the network in place of its attention");
  table.section("input", "what is looked at");
  table.add(
      {.key = "images",
       .meaning = "PNG or JPEG files, or NumPy arrays of bytes, images x rows x columns (x 3); none: the built-in "
                  "held-out digits"},
      [](auto& c) -> auto& { return c.images; });
  table.add(
      {.key = "labels",
       .meaning = "NumPy array with the number of the right class of every image",
       .option = "--labels",
       .optional = true},
      [](auto& c) -> auto& { return c.labels; });

  table.section("model", "the transformer");
  table.add(
      {.key = "path",
       .meaning = "softmax or linear, the built-in twins that read digits; or the directory of a vit",
       .option = "--model"},
      [](auto& c) -> auto& { return c.model; });
  table.add(
      {.key = "network",
       .meaning = "answer by the integrated neuron-astrocyte network too, and compare",
       .option = "--network"},
      [](auto& c) -> auto& { return c.integrate; });

  add_attention_parameters(table);
  add_execution_parameters(table);
  table.add(
      {.key = "seed", .meaning = "of feature matrices and heterogeneity", .range = at_least(0), .option = "--seed"},
      [](auto& c) -> auto& { return c.network.seed; });

  table.section("output", "where results go; not part of the effective configuration");
  table.add(
      {.key = "listed",
       .meaning = "how many images are listed one by one after the summary; 0: none",
       .range = at_least(0),
       .option = "--listed",
       .transient = true},
      [](auto& c) -> auto& { return c.listed; });
  table.add(
      {.key = "top",
       .meaning = "how many classes are shown of each listed image, likeliest first",
       .range = at_least(1),
       .option = "--top",
       .transient = true},
      [](auto& c) -> auto& { return c.top; });
  table.add(
      {.key = "json",
       .meaning = "print one object with the probabilities of every class",
       .option = "--json",
       .transient = true},
      [](auto& c) -> auto& { return c.json; });
  return table;
}

}  // namespace

const ParameterTable<ClassifyConfig>& classify_parameters() {
  static const ParameterTable<ClassifyConfig> table = make_table();
  return table;
}

}  // namespace tripartite::config
