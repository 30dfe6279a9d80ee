#include "host/config/memory_parameters.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "host/config/render.hpp"

namespace tripartite::config {
namespace {

ParameterTable<RecallConfig> make_recall_table() {
  ParameterTable<RecallConfig> table("recall", "memories stored in astrocytes, recalled from corrupted cues");
  table.section("patterns", "what is stored");
  table.add(
      {.key = "file",
       .meaning = "patterns from a .npy file, [patterns x neurons] or [patterns x height x width], of -1 and 1, "
                  "or of 0 and 1",
       .option = "--patterns",
       .optional = true},
      [](auto& c) -> auto& { return c.patterns_file; });
  table.add(
      {.key = "images",
       .meaning = "patterns from images (PNG, JPEG): the central square, made small and binarised",
       .option = "--images"},
      [](auto& c) -> auto& { return c.images; });
  table.add(
      {.key = "side",
       .unit = "pixels",
       .meaning = "width and height of an image as a pattern: N is its square",
       .range = within(2, 256),
       .option = "--side"},
      [](auto& c) -> auto& { return c.side; });
  table.add(
      {.key = "neighbourhood",
       .unit = "pixels",
       .meaning = "a pixel is +1 if it is bright beside the mean of so many around it each way, which tells images "
                  "apart that are dark and light in the same places; 0: beside the whole image",
       .range = within(0, 64)},
      [](auto& c) -> auto& { return c.neighbourhood; });
  table.add(
      {.key = "n", .symbol = "N", .meaning = "neurons, for random patterns", .range = at_least(1), .option = "--n"},
      [](auto& c) -> auto& { return c.neurons; });
  table.add(
      {.key = "k", .symbol = "K", .meaning = "random patterns", .range = at_least(1), .option = "--k"},
      [](auto& c) -> auto& { return c.patterns; });

  add_memory_parameters(table);
  table.section("recording", "what is kept of the way");
  table.add(
      {.key = "cues",
       .meaning = "memories that are recalled, the first ones; 0: all",
       .range = at_least(0),
       .option = "--cues"},
      [](auto& c) -> auto& { return c.cues; });
  table.add(
      {.key = "interval",
       .unit = "steps",
       .meaning = "between recordings of overlaps and energy; 0: none",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.record_every; });
  add_execution_parameters(table);
  table.add(
      {.key = "seed", .meaning = "of random patterns and of cues", .range = at_least(0), .option = "--seed"},
      [](auto& c) -> auto& { return c.seed; });
  add_output_parameters(table);
  table.check([](const RecallConfig& config, const Origins& origins) {
    if (!config.patterns_file.empty() && !config.images.empty())
      throw origins.error("patterns.images", config.images, "must not be given together with patterns.file");
    const bool is_drawn = config.patterns_file.empty() && config.images.empty();
    const auto require_use = [&](const char* key, const auto& value, bool is_used, const char* what) {
      if (!is_used && origins.differs(key)) throw origins.error(key, value, fmt::format("is used only for {}", what));
    };
    require_use("patterns.n", config.neurons, is_drawn, "random patterns");
    require_use("patterns.k", config.patterns, is_drawn, "random patterns");
    require_use("patterns.side", config.side, !config.images.empty(), "patterns.images");
    require_use("patterns.neighbourhood", config.neighbourhood, !config.images.empty(), "patterns.images");
  });
  return table;
}

ParameterTable<CapacityConfig> make_capacity_table() {
  ParameterTable<CapacityConfig> table("capacity", "how many memories a network of N neurons holds");
  table.section("study", "networks that are asked");
  table.add(
      {.key = "n", .symbol = "N", .meaning = "numbers of neurons", .range = at_least(2), .option = "--n"},
      [](auto& c) -> auto& { return c.neurons; });
  table.add(
      {.key = "k",
       .symbol = "K",
       .meaning = "numbers of random patterns, rising; those after two at which nothing is recalled are left out",
       .range = at_least(1),
       .option = "--k"},
      [](auto& c) -> auto& { return c.patterns; });
  table.add(
      {.key = "seeds", .meaning = "draws of patterns, one network each", .range = at_least(0), .option = "--seeds"},
      [](auto& c) -> auto& { return c.seeds; });
  table.add(
      {.key = "cues", .meaning = "memories that each network is asked for", .range = at_least(1), .option = "--cues"},
      [](auto& c) -> auto& { return c.cues; });
  table.add(
      {.key = "overlap",
       .unit = "1",
       .meaning = "a cue counts as recalled if the overlap of signs with its pattern is at least so much",
       .range = within(0, 1)},
      [](auto& c) -> auto& { return c.overlap; });
  add_memory_parameters(table);
  add_execution_parameters(table);
  add_output_parameters(table);
  table.check([](const CapacityConfig& config, const Origins& origins) {
    if (config.neurons.empty())
      throw origins.error("study.n", std::vector<std::int64_t>{}, "needs a number of neurons");
    if (config.patterns.empty()) throw origins.error("study.k", config.patterns, "needs a number of patterns");
    if (config.seeds.empty()) throw origins.error("study.seeds", config.seeds, "needs a seed");
    for (std::size_t i = 1; i < config.patterns.size(); ++i)
      if (config.patterns[i] <= config.patterns[i - 1])
        throw origins.error("study.k", config.patterns, "must rise from one number to the next");
  });
  return table;
}

/// What the regime says about parameters that were not given.
void apply_regime(Settings& settings) {
  const auto* regime = settings.find("network.regime");
  if (regime == nullptr || std::get<std::string>(regime->value) != "warm") return;
  for (const char* key : {"synapse.process_weight", "process.synapse_weight", "process.memory_weight"})
    if (settings.find(key) == nullptr) settings.set(key, "1", "network.regime = warm");
}

}  // namespace

double memory_weight(const std::string& text, int neurons) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view rest(end, std::size_t(text.data() + text.size() - end));
  if (error != std::errc{} || !std::isfinite(value) || !(rest.empty() || rest == "N"))
    throw ConfigError("process.memory_weight = \"" + text + "\": must be a number, or a number followed by N");
  return rest.empty() ? value : value * neurons;
}

memory::Parameters MemoryNetwork::of(int neurons) const {
  memory::Parameters complete = parameters;
  complete.memory_weight = config::memory_weight(memory_weight, neurons);
  return complete;
}

const ParameterTable<RecallConfig>& recall_parameters() {
  static const ParameterTable<RecallConfig> table = make_recall_table();
  return table;
}

const ParameterTable<CapacityConfig>& capacity_parameters() {
  static const ParameterTable<CapacityConfig> table = make_capacity_table();
  return table;
}

RecallConfig resolve_recall(Settings settings) {
  apply_regime(settings);
  return recall_parameters().resolve(settings);
}

CapacityConfig resolve_capacity(Settings settings) {
  apply_regime(settings);
  return capacity_parameters().resolve(settings);
}

}  // namespace tripartite::config
