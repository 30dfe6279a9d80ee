#pragma once

namespace tripartite::bench {

/// W6: a transformer's shape.
struct TransformerSize {
  const char* name;
  int layers, hidden, heads, inner, vocabulary, positions;
  bool is_causal;

  /// Operations of the products of the layers for a sequence: projections, MLP, and attention without a mask.
  double operations(int tokens) const {
    const double t = tokens, d = hidden;
    return layers * (2 * t * d * (4 * d + 2 * inner) + 4 * t * t * d);
  }
};

inline constexpr TransformerSize minilm{"MiniLM", 6, 384, 12, 1536, 30522, 512, false},
    gpt2{"GPT-2", 12, 768, 12, 3072, 50257, 1024, true};

}  // namespace tripartite::bench
