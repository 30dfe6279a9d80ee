#include "tripartite/transformer/attention.hpp"

#include <fmt/format.h>

#include "tripartite/error.hpp"

namespace tripartite::transformer {

std::string_view to_string(AttentionKind kind) { return kind == AttentionKind::softmax ? "softmax" : "linear_elu1"; }

template <class Real>
Attention<Real>::Attention(const AttentionShape& shape) : shape_(shape) {
  if (shape.layers < 1 || shape.heads < 1 || shape.head_size < 1 || shape.max_tokens < 1)
    throw ConfigError(
        fmt::format("attention of {} layers, {} heads of {} channels, {} tokens: each number must be at least 1",
                    shape.layers, shape.heads, shape.head_size, shape.max_tokens));
}

template <class Real>
void Attention<Real>::attend_batch(int layer, int sequences, int tokens, const Real* query, const Real* key,
                                   const Real* value, Real* context) {
  if (shape_.causal) throw ConfigError("attention: a batch of sequences requires bidirectional attention");
  const std::size_t size = std::size_t(tokens) * std::size_t(shape_.width());
  for (std::size_t at = 0; at < std::size_t(sequences) * size; at += size)
    attend(layer, 0, tokens, query + at, key + at, value + at, context + at);
}

template <class Real>
void Attention<Real>::check(int layer, int first_token, int tokens, int stored) const {
  if (layer < 0 || layer >= shape_.layers)
    throw ConfigError(fmt::format("attention: layer {} is out of range ({} layers)", layer, shape_.layers));
  if (tokens < 1 || first_token > shape_.max_tokens - tokens)
    throw ConfigError(fmt::format("attention: tokens {} to {}: expected at least 1 and at most {} tokens", first_token,
                                  first_token + tokens, shape_.max_tokens));
  if (first_token != stored)
    throw ConfigError(
        fmt::format("attention, layer {}: the sequence continues at token {}, not {}", layer, stored, first_token));
}

template class Attention<float>;
template class Attention<double>;

}  // namespace tripartite::transformer
