#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/transformer/model_config.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::transformer {

/// The contents of config.json, in the terms of the block that computes every family.
struct Architecture {
  ModelShape shape;
  int inner_size = 0;  // channels inside the MLP
  std::string activation;
  double norm_epsilon = 0;
  bool pre_norm = false;      // norms before attention and MLP and one at the end, otherwise after each (post-LN)
  bool shared_layer = false;  // one layer, applied repeatedly
  bool qkv_bias = true;
  bool tied_head = true;  // the language-model head is the word embedding
  bool has_head = false;  // has a language-model head
};

/// Names of a family's tensors without ".weight" and ".bias"; empty if the family has no such tensor.
struct TensorNames {
  std::vector<std::string_view> prefixes;  // checkpoints with a head prefix every name except those of the head
  std::string_view word_embedding = {};
  std::string_view position_embedding = {};
  std::string_view segment_embedding = {};
  std::string_view embedding_norm = {};
  std::string_view embedding_projection = {};
  std::string_view class_token = {};
  std::string_view patch_projection = {};
  std::string_view layer = {};  // prefix of the names below; {} is the number of the layer
  std::string_view query = {};  // separate projections, or query_key_value
  std::string_view key = {};
  std::string_view value = {};
  std::string_view query_key_value = {};  // the three projections side by side
  std::string_view attention_output = {};
  std::string_view attention_norm = {};
  std::string_view mlp_up = {};
  std::string_view mlp_down = {};
  std::string_view mlp_norm = {};
  std::string_view final_norm = {};
  std::string_view pooler = {};
  std::string_view language_head = {};
  std::string_view class_head = {};
  bool weights_are_in_out = false;  // [in, out], the layout of GPT-2's Conv1D
};

struct Family {
  std::string_view name;  // model_type of config.json
  Architecture (*architecture)(const ModelConfig&);
  TensorNames names;
};

/// Every family that can be loaded: the only place that distinguishes families.
std::span<const Family> families();
/// The family of a config.json. Throws ConfigError that lists the known families.
const Family& find_family(const ModelConfig& config);
/// `family.architecture` plus the keys that all families share. Throws ConfigError for unsupported values.
Architecture read_architecture(const Family& family, const ModelConfig& config);

}  // namespace tripartite::transformer
