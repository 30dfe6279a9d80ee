#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tripartite/transformer/attention.hpp"
#include "tripartite/transformer/model_files.hpp"

namespace tripartite::transformer {

/// What a model is, as far as its user must know.
struct ModelShape {
  std::string family;  // model_type of config.json
  int layers = 0;
  int heads = 0;
  int head_size = 0;
  int hidden_size = 0;
  int embedding_size = 0;  // channels of the embeddings: hidden_size unless the family factorises them (albert)
  int max_tokens = 0;      // positions that the model knows; for images the class token and every patch
  int vocabulary = 0;      // 0 for images
  int segments = 0;        // token types; 0 if the model has none
  bool causal = false;     // a language model; logits are scores of the next token
  AttentionKind attention = AttentionKind::softmax;
  bool has_pooler = false;
  int classes = 0;  // of the classification head, 0 if there is none
  std::vector<std::string> labels;
  int image_channels = 0;  // 0 for text
  int image_size = 0;      // rows and columns [pixels]
  int patch_size = 0;

  /// What its attention must be made for; `longest` is at most max_tokens, 0 means max_tokens.
  AttentionShape attention_shape(int longest = 0) const;
};

/// Names of the families that can be loaded.
std::vector<std::string> model_families();

/// A transformer with weights of one precision. Immutable: any number of sequences may go through it at a time. Copies
/// share the weights; float32 weights are used where the file is mapped, others are converted once.
template <class Real>
class Model {
 public:
  struct Weights;

  /// Reads config.json and model.safetensors (or the shards of model.safetensors.index.json). Throws ConfigError for a
  /// family, a value or a shape that is not what the code computes, FileError for files that are missing or malformed,
  /// MemoryError if the converted weights do not fit.
  explicit Model(const ModelFiles& files);

  const ModelShape& shape() const;
  const Weights& weights() const { return *weights_; }

 private:
  std::shared_ptr<const Weights> weights_;
};

/// What passes through a model, for those who want to look inside: matrices [tokens x channels], row = token. Chunks of
/// a sequence are appended.
template <class Real>
struct Trace {
  std::vector<Real> embeddings;           // after the embeddings' norm, before a projection to hidden_size
  std::vector<std::vector<Real>> hidden;  // layers + 1: input of the first layer, then the output of each
  std::vector<std::vector<Real>> query;   // layers; heads contiguous within a row, before scaling by 1/sqrt(head_size)
  std::vector<std::vector<Real>> key;
  std::vector<std::vector<Real>> value;
  std::vector<std::vector<Real>> context;  // layers; before the output projection
};

/// One sequence on its way through a model with a given attention. Allocates only when a chunk is longer than all
/// before.
template <class Real>
class Sequence {
 public:
  /// `attention` must outlive the sequence, and is reset. Throws ConfigError if it was not made for this model's shape.
  Sequence(Model<Real> model, Attention<Real>& attention);
  ~Sequence();
  Sequence(const Sequence&) = delete;
  Sequence& operator=(const Sequence&) = delete;

  /// Appends what passes to `trace` from now on; nullptr stops it.
  void record(Trace<Real>* trace);

  /// Feeds tokens: a causal model goes on where the last call ended, an encoder takes the whole sequence in one call.
  /// `segments` is empty or one per token. Returns the last hidden state of these tokens [tokens x hidden_size], after
  /// the final norm if the family has one; valid until the next call. Throws ConfigError for an id, a segment or a
  /// length that the model does not know.
  std::span<const Real> append(std::span<const int> tokens, std::span<const int> segments = {});
  /// Feeds images [images x channels x rows x columns], normalised as the model expects, through at once. Returns the
  /// last hidden states [images x tokens x hidden_size].
  std::span<const Real> append_images(std::span<const Real> pixels);
  /// Forgets everything; the next call starts a new sequence.
  void restart();

  const ModelShape& shape() const;
  /// Tokens (or class token and patches) fed so far.
  int tokens() const;
  /// Tokens that the attention was made for.
  int longest() const { return attention_.shape().max_tokens; }
  /// Tokens fed by the last call, of each sequence if there were several.
  int last_tokens() const;

  /// Of the last `count` tokens fed by the last call: scores of the token that follows [count x vocabulary]. Valid
  /// until the next call. Throws ConfigError if the model is not a language model.
  std::span<const Real> logits(int count);
  /// Scores of the classes [sequences x classes], from the first token of each sequence of the last call.
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
};

extern template class Model<float>;
extern template class Model<double>;
extern template class Sequence<float>;
extern template class Sequence<double>;

}  // namespace tripartite::transformer
