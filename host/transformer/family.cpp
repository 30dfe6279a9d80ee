#include "host/transformer/family.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "host/transformer/activation.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

constexpr int most_layers =
    4096;  // far more than any model has; keeps a typing error from occupying a machine for days

int heads(const ModelConfig& config, std::string_view key, int hidden_size) {
  const int count = config.count(key);
  if (hidden_size % count != 0) config.refuse(key, fmt::format("must divide the {} channels", hidden_size));
  return count;
}

std::string activation(const ModelConfig& config, std::string_view key, const std::string& fallback) {
  std::string name = config.word(key, fallback);
  if (!find_activation<double>(name))
    config.refuse(key, fmt::format("must be one of {}", fmt::join(activation_names(), ", ")));
  return name;
}

/// Keys shared by BERT and its descendants.
Architecture encoder(const ModelConfig& config, const std::string& default_activation) {
  Architecture a;
  a.shape.layers = config.count("num_hidden_layers", {}, most_layers);
  a.shape.hidden_size = config.count("hidden_size");
  a.shape.heads = heads(config, "num_attention_heads", a.shape.hidden_size);
  a.shape.embedding_size = a.shape.hidden_size;
  a.inner_size = config.count("intermediate_size");
  a.activation = activation(config, "hidden_act", default_activation);
  a.norm_epsilon = config.positive("layer_norm_eps", 1e-12);
  return a;
}

Architecture text_encoder(const ModelConfig& config, const std::string& default_activation) {
  Architecture a = encoder(config, default_activation);
  a.shape.vocabulary = config.count("vocab_size");
  a.shape.max_tokens = config.count("max_position_embeddings");
  a.shape.segments = config.count("type_vocab_size", 2);
  config.require("position_embedding_type", {"absolute"});
  config.require("is_decoder", {false});
  config.require("add_cross_attention", {false});
  return a;
}

Architecture bert(const ModelConfig& config) { return text_encoder(config, "gelu"); }

Architecture albert(const ModelConfig& config) {
  Architecture a = text_encoder(config, "gelu_new");
  a.shape.embedding_size = config.count("embedding_size", 128);
  a.shared_layer = true;
  config.require("num_hidden_groups", {1});
  config.require("inner_group_num", {1});
  return a;
}

Architecture gpt2(const ModelConfig& config) {
  Architecture a;
  a.shape.layers = config.count("n_layer", {}, most_layers);
  a.shape.hidden_size = config.count("n_embd");
  a.shape.heads = heads(config, "n_head", a.shape.hidden_size);
  a.shape.embedding_size = a.shape.hidden_size;
  a.shape.vocabulary = config.count("vocab_size");
  a.shape.max_tokens = config.count("n_positions");
  a.shape.causal = true;
  a.inner_size = config.count("n_inner", 4 * a.shape.hidden_size);
  a.activation = activation(config, "activation_function", "gelu_new");
  a.norm_epsilon = config.positive("layer_norm_epsilon", 1e-5);
  a.pre_norm = true;
  a.has_head = true;
  a.tied_head = config.flag("tie_word_embeddings", true);
  config.require("scale_attn_weights", {true});
  config.require("scale_attn_by_inverse_layer_idx", {false});
  config.require("add_cross_attention", {false});
  return a;
}

Architecture vit(const ModelConfig& config) {
  Architecture a = encoder(config, "gelu");
  a.shape.image_channels = config.count("num_channels", 3);
  a.shape.image_size = config.count("image_size", 224);
  a.shape.patch_size = config.count("patch_size", 16);
  if (a.shape.patch_size > a.shape.image_size)
    config.refuse("patch_size", fmt::format("must be at most image_size = {}", a.shape.image_size));
  const int patches =
      a.shape.image_size / a.shape.patch_size;  // remaining pixels at the right and the bottom are ignored
  if (patches > 4096) config.refuse("patch_size", "must give at most 4096 patches per row of the image");
  a.shape.max_tokens = 1 + patches * patches;
  a.shape.labels = config.labels();
  a.pre_norm = true;
  a.qkv_bias = config.flag("qkv_bias", true);
  return a;
}

const Family all[] = {
    {"bert",
     bert,
     {.prefixes = {"", "bert."},
      .word_embedding = "embeddings.word_embeddings",
      .position_embedding = "embeddings.position_embeddings",
      .segment_embedding = "embeddings.token_type_embeddings",
      .embedding_norm = "embeddings.LayerNorm",
      .layer = "encoder.layer.{}.",
      .query = "attention.self.query",
      .key = "attention.self.key",
      .value = "attention.self.value",
      .attention_output = "attention.output.dense",
      .attention_norm = "attention.output.LayerNorm",
      .mlp_up = "intermediate.dense",
      .mlp_down = "output.dense",
      .mlp_norm = "output.LayerNorm",
      .pooler = "pooler.dense"}},
    {"albert",
     albert,
     {.prefixes = {"", "albert."},
      .word_embedding = "embeddings.word_embeddings",
      .position_embedding = "embeddings.position_embeddings",
      .segment_embedding = "embeddings.token_type_embeddings",
      .embedding_norm = "embeddings.LayerNorm",
      .embedding_projection = "encoder.embedding_hidden_mapping_in",
      .layer = "encoder.albert_layer_groups.0.albert_layers.0.",
      .query = "attention.query",
      .key = "attention.key",
      .value = "attention.value",
      .attention_output = "attention.dense",
      .attention_norm = "attention.LayerNorm",
      .mlp_up = "ffn",
      .mlp_down = "ffn_output",
      .mlp_norm = "full_layer_layer_norm",
      .pooler = "pooler"}},
    {"gpt2",
     gpt2,
     {.prefixes = {"", "transformer."},
      .word_embedding = "wte",
      .position_embedding = "wpe",
      .layer = "h.{}.",
      .query_key_value = "attn.c_attn",
      .attention_output = "attn.c_proj",
      .attention_norm = "ln_1",
      .mlp_up = "mlp.c_fc",
      .mlp_down = "mlp.c_proj",
      .mlp_norm = "ln_2",
      .final_norm = "ln_f",
      .language_head = "lm_head",
      .weights_are_in_out = true}},
    {"vit",
     vit,
     {.prefixes = {"", "vit."},
      .position_embedding = "embeddings.position_embeddings",
      .class_token = "embeddings.cls_token",
      .patch_projection = "embeddings.patch_embeddings.projection",
      .layer = "encoder.layer.{}.",
      .query = "attention.attention.query",
      .key = "attention.attention.key",
      .value = "attention.attention.value",
      .attention_output = "attention.output.dense",
      .attention_norm = "layernorm_before",
      .mlp_up = "intermediate.dense",
      .mlp_down = "output.dense",
      .mlp_norm = "layernorm_after",
      .final_norm = "layernorm",
      .class_head = "classifier"}},
};

}  // namespace

std::span<const Family> families() { return all; }

std::vector<std::string> model_families() {
  std::vector<std::string> names;
  for (const Family& family : all) names.emplace_back(family.name);
  return names;
}

const Family& find_family(const ModelConfig& config) {
  const std::string name = config.word("model_type");
  const auto* found =
      std::find_if(std::begin(all), std::end(all), [&](const Family& family) { return family.name == name; });
  if (found == std::end(all))
    config.refuse("model_type", fmt::format("must be one of {}", fmt::join(model_families(), ", ")));
  return *found;
}

Architecture read_architecture(const Family& family, const ModelConfig& config) {
  Architecture a = family.architecture(config);
  a.shape.family = family.name;
  a.shape.head_size = a.shape.hidden_size / a.shape.heads;
  config.require("tripartite_attention", {"softmax", "linear_elu1"});
  if (config.word("tripartite_attention", "softmax") == to_string(AttentionKind::linear_elu1))
    a.shape.attention = AttentionKind::linear_elu1;
  config.require("pruned_heads", {nlohmann::json::object()});
  if (config.has("quantization_config")) config.refuse("quantization_config", "quantised weights are not supported");
  return a;
}

}  // namespace tripartite::transformer
