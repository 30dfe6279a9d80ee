#pragma once

#include <span>
#include <vector>

#include "tripartite/attention/feature_map.hpp"
#include "tripartite/transformer/attention.hpp"

namespace tripartite::simulation {

/// Queries, keys and values of one head, [tokens x width] each.
struct HeadTensors {
  int tokens = 0;
  int width = 0;
  bool causal = false;
  std::vector<double> query, key, value;
};

/// Columns of `head` out of a matrix [tokens x heads * width].
std::vector<double> head_columns(std::span<const double> matrix, int tokens, int heads, int width, int head);

/// Attention weights of the reference that the model was trained with, [tokens x tokens], row = reading token.
std::vector<double> attention_weights(const HeadTensors& head, transformer::AttentionKind kind);

/// Contexts of the references in plain float64 loops, [tokens x width].
std::vector<double> softmax_context(const HeadTensors& head);
/// Linear attention with the features of `map`; for slots that is softmax attention.
std::vector<double> linear_context(const HeadTensors& head, const attention::FeatureMap& map);

}  // namespace tripartite::simulation
