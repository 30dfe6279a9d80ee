#include "host/config/study_parameters.hpp"

#include <cmath>

#include "host/config/attention_parameters.hpp"

namespace tripartite::config {
namespace {

void check_study(const StudyConfig& config, const Origins& origins) {
  if (config.values.empty())
    throw origins.error("study.values", config.values, "at least one value is needed, --values 0,0.1,0.2");
  const auto check_m = [&](const char* key, const std::vector<double>& values) {
    for (const double value : values)
      if (value != std::floor(value) || value < 1 || value > (1 << 20))
        throw origins.error(key, values, "m is an integer from 1 to 1048576");
  };
  if (config.over == StudyAxis::m) check_m("study.values", config.values);
  if (config.by == StudyAxis::m) check_m("study.by_values", config.by_values);
  if (config.by.has_value() == config.by_values.empty())
    throw origins.error("study.by_values", config.by_values,
                        config.by ? "at least one value is needed, --by-values 0.25,0.5" : "needs --by as well");
  if (config.by == config.over)
    throw origins.error("study.by", std::string(choice_name(config.over)), "must differ from study.over");
  const int inputs = (config.texts.empty() ? 0 : 1) + (config.images.empty() ? 0 : 1) + (config.digits ? 1 : 0);
  if (inputs > 1)
    throw origins.error("input.images", config.images, "texts, images and digits must not be given together");
}

ParameterTable<StudyConfig> make_table() {
  ParameterTable<StudyConfig> table("study",
                                    "accuracy of a whole model against one biological parameter of the network");
  table.section("model", "the transformer");
  table.add(
      {.key = "path",
       .meaning = "directory of a model, or softmax or linear, the built-in models; or embedded, the same as softmax"},
      [](auto& c) -> auto& { return c.model; });

  table.section("study", "what is varied");
  table.add(
      {.key = "over",
       .meaning = "the parameter: hidden neurons m, settle_time, read_time, heterogeneity, tau_calcium, or both decays "
                  "(decay_hebbian and decay_store); speed and production belong to a calcium model (astrocyte.model)",
       .option = "--over"},
      [](auto& c) -> auto& { return c.over; });
  table.add(
      {.key = "values", .meaning = "its values, in its unit", .range = at_least(0), .option = "--values"},
      [](auto& c) -> auto& { return c.values; });
  table.add(
      {.key = "by", .meaning = "a second parameter, a curve for each of its values", .option = "--by"},
      [](auto& c) -> auto& { return c.by; });
  table.add(
      {.key = "by_values", .meaning = "its values, in its unit", .range = at_least(0), .option = "--by-values"},
      [](auto& c) -> auto& { return c.by_values; });
  table.add(
      {.key = "measure",
       .meaning = "what the picture shows; auto: perplexity, accuracy or cosine, as suits the model; head_error is the "
                  "median over heads of the relative error of their outputs",
       .option = "--measure"},
      [](auto& c) -> auto& { return c.measure; });
  table.add(
      {.key = "maps", .meaning = "feature maps, a curve each; none: what suits the model", .option = "--maps"},
      [](auto& c) -> auto& { return c.maps; });
  table.add(
      {.key = "seeds", .meaning = "runs at each value", .range = within(1, 1000), .option = "--seeds"},
      [](auto& c) -> auto& { return c.seeds; });

  table.section("input", "what is read");
  table.add(
      {.key = "texts",
       .meaning = "file with paragraphs, UTF-8; without it and images the built-in ones",
       .option = "--texts",
       .optional = true},
      [](auto& c) -> auto& { return c.texts; });
  table.add(
      {.key = "images", .meaning = "PNG or JPEG files or NumPy arrays of bytes", .option = "--images"},
      [](auto& c) -> auto& { return c.images; });
  table.add(
      {.key = "digits", .meaning = "the built-in held-out digits", .option = "--digits"},
      [](auto& c) -> auto& { return c.digits; });
  table.add(
      {.key = "most",
       .meaning = "paragraphs or images that are read, evenly spread; 0: all",
       .range = at_least(0),
       .option = "--most"},
      [](auto& c) -> auto& { return c.most; });
  table.add(
      {.key = "most_tokens", .meaning = "tokens of each paragraph that are read", .range = at_least(2)},
      [](auto& c) -> auto& { return c.most_tokens; });

  add_attention_parameters(table);
  add_execution_parameters(table);
  table.add(
      {.key = "seed",
       .meaning = "the first of the seeds of feature matrices and heterogeneity",
       .range = at_least(0),
       .option = "--seed"},
      [](auto& c) -> auto& { return c.network.seed; });

  add_output_parameters(table);
  table.add(
      {.key = "resume",
       .meaning = "run directory of the same study that was stopped: its rows are taken over",
       .option = "--resume",
       .optional = true,
       .transient = true},
      [](auto& c) -> auto& { return c.resume; });
  table.check(check_study);
  return table;
}

}  // namespace

const ParameterTable<StudyConfig>& study_parameters() {
  static const ParameterTable<StudyConfig> table = make_table();
  return table;
}

std::string_view varied_key(StudyAxis axis) {
  switch (axis) {
    case StudyAxis::m: return "features.m";
    case StudyAxis::settle: return "schedule.settle_time";
    case StudyAxis::read: return "schedule.read_time";
    case StudyAxis::heterogeneity: return "synapse.heterogeneity";
    case StudyAxis::tau_calcium: return "astrocyte.tau_calcium";
    case StudyAxis::decay: return "synapse.decay_hebbian";
    case StudyAxis::speed: return "astrocyte.speed";
    case StudyAxis::production: return "astrocyte.production";
  }
  return {};
}

namespace {

void set(StudyConfig& config, StudyAxis axis, double value) {
  switch (axis) {
    case StudyAxis::m: config.features.m = int(value); break;
    case StudyAxis::settle: config.network.settle_time = value; break;
    case StudyAxis::read: config.network.read_time = value; break;
    case StudyAxis::heterogeneity: config.network.heterogeneity = value; break;
    case StudyAxis::tau_calcium: config.network.tau_calcium = value; break;
    case StudyAxis::decay: config.network.decay_hebbian = config.network.decay_store = value; break;
    case StudyAxis::speed: config.network.calcium_speed = value; break;
    case StudyAxis::production: config.network.calcium_production = value; break;
  }
}

}  // namespace

StudyConfig at_value(StudyConfig config, double value, double by) {
  set(config, config.over, value);
  if (config.by) set(config, *config.by, by);
  study_parameters().validate(config);
  return config;
}

}  // namespace tripartite::config
