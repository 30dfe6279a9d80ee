#pragma once

#include <string_view>

namespace tripartite::transformer {

/// The attention that a model was trained with.
enum class AttentionKind { softmax, linear_elu1 };

/// The names in config.json: "softmax", "linear_elu1".
std::string_view to_string(AttentionKind);

/// What a model requires of the attention of all its layers; fixed at construction of the attention.
struct AttentionShape {
  int layers = 0;
  int heads = 0;
  int head_size = 0;    // d
  int max_tokens = 0;   // length of the longest sequence
  bool causal = false;  // a token attends only to itself and to earlier tokens
  int width() const { return heads * head_size; }
  friend bool operator==(const AttentionShape&, const AttentionShape&) = default;
};

/// The interface between a transformer and the implementation of its attention: a reference or the neuron-astrocyte
/// network. One object serves all layers of one sequence and keeps the state of the sequence (cache, synapses).
template <class Real>
class Attention {
 public:
  /// Throws ConfigError unless every number of `shape` is at least 1.
  explicit Attention(const AttentionShape& shape);
  virtual ~Attention() = default;
  Attention(const Attention&) = delete;
  Attention& operator=(const Attention&) = delete;

  const AttentionShape& shape() const { return shape_; }

  /// Context of `tokens` new tokens of `layer`, the first of which is number `first_token` of the sequence. Matrices
  /// are [tokens x width], row = token, heads contiguous within a row; the query is not yet scaled by
  /// 1/sqrt(head_size). Causal: chunks of any size that continue the sequence, each layer in its own order.
  /// Bidirectional: the whole sequence at once, first_token = 0. `context` must not overlap the inputs.
  virtual void attend(int layer, int first_token, int tokens, const Real* query, const Real* key, const Real* value,
                      Real* context) = 0;

  /// Context of `sequences` whole sequences of `tokens` tokens each, matrices [sequences x tokens x width].
  /// Bidirectional attention only. Processes the sequences one after another unless overridden.
  virtual void attend_batch(int layer, int sequences, int tokens, const Real* query, const Real* key, const Real* value,
                            Real* context);

  /// Discards the sequence; the next one starts at token 0.
  virtual void reset() = 0;

 protected:
  /// Throws ConfigError if the call does not fit the shape; `stored` is the number of tokens fed to `layer` so far.
  void check(int layer, int first_token, int tokens, int stored) const;

 private:
  AttentionShape shape_;
};

extern template class Attention<float>;
extern template class Attention<double>;

}  // namespace tripartite::transformer
