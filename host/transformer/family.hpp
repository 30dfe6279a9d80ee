#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/transformer/model_config.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::transformer {

/// What config.json says, in the terms of the one block that computes every family.
struct Architecture {
  ModelShape shape;
  int inner_size = 0;  // channels inside the MLP
  std::string activation;
  double norm_epsilon = 0;
  bool pre_norm = false;      // norms before attention and MLP, and one at the end; else after each (post-LN)
  bool shared_layer = false;  // one layer, applied again and again
  bool qkv_bias = true;
  bool tied_head = true;  // a language model's head is its word embedding
  bool has_head = false;  // a language model's
};

/// Names of a family's tensors without ".weight" and ".bias"; empty where the family has no such tensor.
struct TensorNames {
  std::vector<std::string_view> prefixes;  // checkpoints with a head carry one before every name but the head's
  std::string_view word_embedding = {};
  std::string_view position_embedding = {};
  std::string_view segment_embedding = {};
  std::string_view embedding_norm = {};
  std::string_view embedding_projection = {};
  std::string_view class_token = {};
  std::string_view patch_projection = {};
  std::string_view layer = {};  // before the names below; {} is the number of the layer
  std::string_view query = {};  // or
  std::string_view key = {};
  std::string_view value = {};
  std::string_view query_key_value = {};  // the three side by side
  std::string_view attention_output = {};
  std::string_view attention_norm = {};
  std::string_view mlp_up = {};
  std::string_view mlp_down = {};
  std::string_view mlp_norm = {};
  std::string_view final_norm = {};
  std::string_view pooler = {};
  std::string_view language_head = {};
  std::string_view class_head = {};
  bool weights_are_in_out = false;  // [in, out], as Conv1D of GPT-2 has them
};

struct Family {
  std::string_view name;  // model_type of config.json
  Architecture (*architecture)(const ModelConfig&);
  TensorNames names;
};

/// Every family that can be loaded: the only place that knows one from another.
std::span<const Family> families();
/// The family of a config.json. Throws ConfigError with the known ones.
const Family& find_family(const ModelConfig& config);
/// `family.architecture` and what all families share. Throws ConfigError for whatever is not computed.
Architecture read_architecture(const Family& family, const ModelConfig& config);

}  // namespace tripartite::transformer
