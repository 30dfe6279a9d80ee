#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tripartite/transformer/attention.hpp"
#include "tripartite/transformer/model_files.hpp"

namespace tripartite::transformer {

/// The properties of a model that its user needs to know.
struct ModelShape {
  std::string family;  // model_type of config.json
  int layers = 0;
  int heads = 0;
  int head_size = 0;
  int hidden_size = 0;
  int embedding_size = 0;  // channels of the embeddings: hidden_size unless the family factorises them (albert)
  int max_tokens = 0;      // number of positions; for images the class token and every patch
  int vocabulary = 0;      // 0 for images
  int segments = 0;        // token types; 0 if the model has none
  bool causal = false;     // a language model; logits are those of the next token
  AttentionKind attention = AttentionKind::softmax;
  bool has_pooler = false;
  int classes = 0;  // of the classification head, 0 without one
  std::vector<std::string> labels;
  int image_channels = 0;  // 0 for text
  int image_size = 0;      // rows and columns [pixels]
  int patch_size = 0;

  /// The shape that its attention must have; `longest` is at most max_tokens, 0 means max_tokens.
  AttentionShape attention_shape(int longest = 0) const;
};

/// Names of the families that can be loaded.
std::vector<std::string> model_families();

/// A transformer with weights of one precision. Immutable: any number of sequences may use it concurrently. Copies
/// share the weights; float32 weights are used in place in the mapped file, others are converted once.
template <class Real>
class Model {
 public:
  struct Weights;

  /// Reads config.json and model.safetensors (or the shards of model.safetensors.index.json). Throws ConfigError for an
  /// unsupported family, value or shape, FileError for files that are missing or malformed,
  /// MemoryError if the converted weights do not fit.
  explicit Model(const ModelFiles& files);

  const ModelShape& shape() const;
  const Weights& weights() const { return *weights_; }

 private:
  std::shared_ptr<const Weights> weights_;
};

/// Intermediate values of a model, for inspection: matrices [tokens x channels], row = token. The values of successive
/// chunks of a sequence are appended.
template <class Real>
struct Trace {
  std::vector<Real> embeddings;           // after the embeddings' norm, before a projection to hidden_size
  std::vector<std::vector<Real>> hidden;  // layers + 1: input of the first layer, then the output of each
  std::vector<std::vector<Real>> query;   // layers; heads contiguous within a row, before scaling by 1/sqrt(head_size)
  std::vector<std::vector<Real>> key;
  std::vector<std::vector<Real>> value;
  std::vector<std::vector<Real>> context;  // layers; before the output projection
};

/// One sequence that is fed to a model with a given attention. Allocates only when a chunk is longer than all previous
/// ones.
template <class Real>
class Sequence {
 public:
  /// Resets `attention`, which must outlive the sequence. Throws ConfigError if its shape is not that of the model.
  Sequence(Model<Real> model, Attention<Real>& attention);
  ~Sequence();
  Sequence(const Sequence&) = delete;
  Sequence& operator=(const Sequence&) = delete;

  /// Appends the intermediate values of all further calls to `trace`; nullptr stops tracing.
  void record(Trace<Real>* trace);

  /// Feeds tokens: a causal model continues where the last call ended, an encoder takes the whole sequence in one call.
  /// `segments` is empty or has one value per token. Returns the last hidden state of these tokens [tokens x
  /// hidden_size], after the final norm if the family has one; valid until the next call. Throws ConfigError for an id,
  /// a segment or a length out of range.
  std::span<const Real> append(std::span<const int> tokens, std::span<const int> segments = {});
  /// Feeds images [images x channels x rows x columns], normalised as the model expects, in one batch. Returns the
  /// last hidden states [images x tokens x hidden_size].
  std::span<const Real> append_images(std::span<const Real> pixels);
  /// Discards the sequence; the next call starts a new one.
  void restart();
  /// Goes on behind `tokens` tokens of a causal model whose state the attention has been given, as after a restart of
  /// the program. Throws ConfigError if there cannot be so many.
  void go_on_behind(int tokens);
  /// From now on each layer asks `stop` first, and throws Cancelled once it says true. Then only a restart is of use.
  void stop_when(std::function<bool()> stop) { stop_ = std::move(stop); }

  const ModelShape& shape() const;
  /// Number of tokens (or class token and patches) fed so far.
  int tokens() const;
  /// Number of tokens that the attention was made for.
  int longest() const { return attention_.shape().max_tokens; }
  /// Number of tokens fed by the last call, per sequence if there were several.
  int last_tokens() const;

  /// Logits of the next token after each of the last `count` tokens of the last call [count x vocabulary]. Valid
  /// until the next call. Throws ConfigError if the model is not a language model.
  std::span<const Real> logits(int count);
  /// Logits of the classes [sequences x classes], from the first token of each sequence of the last call.
  std::vector<Real> class_logits() const;
  /// tanh(pooler(first token)) [hidden_size].
  std::vector<Real> pooled() const;
  /// Mean of the last hidden state over all tokens of the last call, divided by its L2 norm (sentence-transformers).
  std::vector<Real> sentence_embedding() const;

 private:
  struct Work;
  std::span<const Real> forward(int tokens, int sequences = 1);
  Model<Real> model_;
  Attention<Real>& attention_;
  std::unique_ptr<Work> work_;
  std::function<bool()> stop_;
};

extern template class Model<float>;
extern template class Model<double>;
extern template class Sequence<float>;
extern template class Sequence<double>;

}  // namespace tripartite::transformer
