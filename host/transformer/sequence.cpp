#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "host/transformer/weights.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {

AttentionShape ModelShape::attention_shape(int longest) const {
  return {.layers = layers,
          .heads = heads,
          .head_size = head_size,
          .max_tokens = longest > 0 ? std::min(longest, max_tokens) : max_tokens,
          .causal = causal};
}

/// Buffers for the longest chunk so far, each [capacity x channels].
template <class Real>
struct Sequence<Real>::Work {
  int capacity = 0;
  int fed = 0;        // tokens fed so far
  int last = 0;       // tokens per sequence in the last call
  int sequences = 1;  // number of sequences in the last call
  Trace<Real>* trace = nullptr;
  std::vector<Real> embeddings, hidden, normed, query, key, value, context, inner, output, logits;

  void reserve(int tokens, const Architecture& a) {
    if (tokens <= capacity) return;
    capacity = tokens;
    const auto width = std::size_t(tokens) * a.shape.hidden_size;
    for (auto* buffer : {&hidden, &normed, &query, &key, &value, &context, &output}) buffer->resize(width);
    embeddings.resize(std::size_t(tokens) * a.shape.embedding_size);
    inner.resize(std::size_t(tokens) * a.inner_size);
  }
};

namespace {

template <class Real>
void append_rows(std::vector<Real>& rows, const std::vector<Real>& buffer, std::size_t size) {
  rows.insert(rows.end(), buffer.begin(), buffer.begin() + std::ptrdiff_t(size));
}

template <class Real>
void add(const Real* from, int size, Real* to) {
  for (int i = 0; i < size; ++i) to[i] += from[i];
}

}  // namespace

template <class Real>
Sequence<Real>::Sequence(Model<Real> model, Attention<Real>& attention)
    : model_(std::move(model)), attention_(attention), work_(std::make_unique<Work>()) {
  const AttentionShape& got = attention.shape();
  const AttentionShape wanted = shape().attention_shape(got.max_tokens);
  if (got != wanted)
    throw ConfigError(fmt::format(
        "the attention has {} layers, {} {} heads of {} channels for {} tokens; the model {} "
        "needs {} layers, {} {} heads of {} channels for at most {} tokens",
        got.layers, got.heads, got.causal ? "causal" : "bidirectional", got.head_size, got.max_tokens, shape().family,
        wanted.layers, wanted.heads, wanted.causal ? "causal" : "bidirectional", wanted.head_size, shape().max_tokens));
  attention_.reset();
}

template <class Real>
Sequence<Real>::~Sequence() = default;

template <class Real>
void Sequence<Real>::record(Trace<Real>* trace) {
  work_->trace = trace;
  if (!trace) return;
  const auto layers = std::size_t(shape().layers);
  trace->hidden.resize(layers + 1);
  for (auto* matrices : {&trace->query, &trace->key, &trace->value, &trace->context}) matrices->resize(layers);
}

template <class Real>
std::span<const Real> Sequence<Real>::append(std::span<const int> tokens, std::span<const int> segments) {
  const auto& weights = model_.weights();
  const ModelShape& model = shape();
  if (model.vocabulary == 0) throw ConfigError("a model of the family " + model.family + " reads images, not tokens");
  if (!segments.empty() && segments.size() != tokens.size())
    throw ConfigError(fmt::format("{} segments for {} tokens: must be equally many", segments.size(), tokens.size()));
  if (!model.causal && work_->fed > 0)
    throw ConfigError("a bidirectional model takes a sequence in one call: call restart() before the next sequence");
  if (tokens.empty() || tokens.size() > std::size_t(longest() - work_->fed))
    throw ConfigError(fmt::format("sequence of {} tokens: must have at least 1 and at most {}",
                                  std::size_t(work_->fed) + tokens.size(), longest()));
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (tokens[i] < 0 || tokens[i] >= model.vocabulary)
      throw ConfigError(
          fmt::format("token {} at position {} is out of range (vocabulary of {})", tokens[i], i, model.vocabulary));
  for (std::size_t i = 0; i < segments.size(); ++i)
    if (segments[i] < 0 || segments[i] >= std::max(1, model.segments))
      throw ConfigError(
          fmt::format("segment {} at position {} is out of range ({} segments)", segments[i], i, model.segments));

  const int count = int(tokens.size());
  const int size = model.embedding_size;
  work_->reserve(count, weights.architecture);
  for (int token = 0; token < count; ++token) {
    Real* row = work_->embeddings.data() + std::size_t(token) * size;
    std::copy_n(weights.word_embedding + std::size_t(tokens[std::size_t(token)]) * size, size, row);
    add(weights.position_embedding + std::size_t(work_->fed + token) * size, size, row);
    const int segment = segments.empty() ? 0 : segments[std::size_t(token)];
    if (weights.segment_embedding) add(weights.segment_embedding + std::size_t(segment) * size, size, row);
  }
  return forward(count);
}

template <class Real>
std::span<const Real> Sequence<Real>::append_images(std::span<const Real> pixels) {
  const auto& weights = model_.weights();
  const ModelShape& model = shape();
  const auto side = std::size_t(model.image_size);
  if (model.image_channels == 0)
    throw ConfigError("a model of the family " + model.family + " reads tokens, not images");
  const std::size_t values = std::size_t(model.image_channels) * side * side;
  if (pixels.empty() || pixels.size() % values != 0)
    throw ConfigError(fmt::format("images of {} values: must be a multiple of {} channels of {} x {} pixels",
                                  pixels.size(), model.image_channels, side, side));
  if (work_->fed > 0) throw ConfigError("all images must be fed in one call: call restart() before the next images");
  if (model.max_tokens > attention_.shape().max_tokens)
    throw ConfigError(fmt::format("an image has {} tokens: the attention was made for {}", model.max_tokens,
                                  attention_.shape().max_tokens));

  const auto patch = std::size_t(model.patch_size);
  const std::size_t per_row = side / patch, images = pixels.size() / values;
  if (images > std::size_t(std::numeric_limits<int>::max() / model.max_tokens))
    throw ConfigError(fmt::format("{} images in one call are too many", images));
  const int rows = int(images) * model.max_tokens;
  work_->reserve(rows, weights.architecture);
  std::vector<Real> patches(per_row * per_row * std::size_t(weights.patch_projection.in));
  for (std::size_t image = 0; image < images; ++image) {
    const auto of_image = pixels.subspan(image * values, values);
    auto next = patches.begin();
    for (std::size_t row = 0; row < per_row; ++row)
      for (std::size_t column = 0; column < per_row; ++column)
        for (int channel = 0; channel < model.image_channels; ++channel)
          for (std::size_t line = 0; line < patch; ++line) {
            const auto first = (std::size_t(channel) * side + row * patch + line) * side + column * patch;
            next = std::copy_n(of_image.begin() + std::ptrdiff_t(first), patch, next);
          }
    Real* embeddings = work_->embeddings.data() + image * std::size_t(model.max_tokens) * model.hidden_size;
    std::copy_n(weights.class_token, model.hidden_size, embeddings);
    weights.patch_projection.apply(model.max_tokens - 1, patches.data(), embeddings + model.hidden_size);
    add(weights.position_embedding, model.max_tokens * model.hidden_size, embeddings);
  }
  return forward(model.max_tokens, int(images));
}

/// Computes the last hidden state from the sum of the embeddings.
template <class Real>
std::span<const Real> Sequence<Real>::forward(int tokens, int sequences) {
  const auto& weights = model_.weights();
  const Architecture& architecture = weights.architecture;
  const int rows = tokens * sequences;
  const auto width = std::size_t(rows) * architecture.shape.hidden_size;
  Work& work = *work_;
  Real* hidden = work.hidden.data();
  Real* normed = work.normed.data();

  if (weights.embedding_norm) weights.embedding_norm->apply(rows, work.embeddings.data(), work.embeddings.data());
  if (weights.embedding_projection)
    weights.embedding_projection->apply(rows, work.embeddings.data(), hidden);
  else
    std::copy_n(work.embeddings.data(), width, hidden);
  if (work.trace) {
    append_rows(work.trace->embeddings, work.embeddings, std::size_t(rows) * architecture.shape.embedding_size);
    append_rows(work.trace->hidden[0], work.hidden, width);
  }

  for (int layer = 0; layer < architecture.shape.layers; ++layer) {
    if (stop_ && stop_()) throw Cancelled("interrupted");
    const Block<Real>& block = weights.blocks[architecture.shared_layer ? 0 : std::size_t(layer)];
    const Real* input = hidden;
    if (architecture.pre_norm) {
      block.attention_norm.apply(rows, hidden, normed);
      input = normed;
    }
    block.query.apply(rows, input, work.query.data());
    block.key.apply(rows, input, work.key.data());
    block.value.apply(rows, input, work.value.data());
    if (sequences == 1)
      attention_.attend(layer, work.fed, tokens, work.query.data(), work.key.data(), work.value.data(),
                        work.context.data());
    else
      attention_.attend_batch(layer, sequences, tokens, work.query.data(), work.key.data(), work.value.data(),
                              work.context.data());
    block.output.add(rows, work.context.data(), hidden);
    if (!architecture.pre_norm) block.attention_norm.apply(rows, hidden, hidden);

    input = hidden;
    if (architecture.pre_norm) {
      block.mlp_norm.apply(rows, hidden, normed);
      input = normed;
    }
    Real* inner = work.inner.data();
    block.up.apply(rows, input, inner);
    weights.activation(inner, inner + std::size_t(rows) * architecture.inner_size);
    block.down.add(rows, inner, hidden);
    if (!architecture.pre_norm) block.mlp_norm.apply(rows, hidden, hidden);

    if (work.trace) {
      append_rows(work.trace->query[std::size_t(layer)], work.query, width);
      append_rows(work.trace->key[std::size_t(layer)], work.key, width);
      append_rows(work.trace->value[std::size_t(layer)], work.value, width);
      append_rows(work.trace->context[std::size_t(layer)], work.context, width);
      append_rows(work.trace->hidden[std::size_t(layer) + 1], work.hidden, width);
    }
  }

  if (weights.final_norm)
    weights.final_norm->apply(rows, hidden, work.output.data());
  else
    std::copy_n(hidden, width, work.output.data());
  work.fed += tokens;
  work.last = tokens;
  work.sequences = sequences;
  return {work.output.data(), width};
}

template <class Real>
void Sequence<Real>::restart() {
  work_->fed = work_->last = 0;
  attention_.reset();
}

template <class Real>
void Sequence<Real>::go_on_behind(int tokens) {
  if (!shape().causal || tokens < 0 || tokens > longest())
    throw ConfigError(
        fmt::format("sequence behind {} tokens: must be of a causal model and have at most {}", tokens, longest()));
  work_->fed = tokens;
  work_->last = 0;
}

template <class Real>
const ModelShape& Sequence<Real>::shape() const {
  return model_.shape();
}

template <class Real>
int Sequence<Real>::tokens() const {
  return work_->fed;
}

template <class Real>
int Sequence<Real>::last_tokens() const {
  return work_->last;
}

template <class Real>
std::span<const Real> Sequence<Real>::logits(int count) {
  const auto& head = model_.weights().language_head;
  if (!head) throw ConfigError("a model of the family " + shape().family + " has no logits of a next token");
  if (count < 1 || count > work_->last)
    throw ConfigError(fmt::format("logits of the last {} tokens: must be from 1 to {}, the tokens of the last call",
                                  count, work_->last));
  const auto size = std::size_t(count) * shape().vocabulary;
  if (work_->logits.size() < size) work_->logits.resize(size);
  head->apply(count, work_->output.data() + std::size_t(work_->last - count) * shape().hidden_size,
              work_->logits.data());
  return {work_->logits.data(), size};
}

template <class Real>
std::vector<Real> Sequence<Real>::class_logits() const {
  const auto& head = model_.weights().class_head;
  if (!head || work_->last == 0)
    throw ConfigError(head ? "class logits of an empty sequence" : "this model has no classification head");
  const auto classes = std::size_t(head->out), size = std::size_t(work_->last) * std::size_t(shape().hidden_size);
  std::vector<Real> scores(std::size_t(work_->sequences) * classes);
  for (std::size_t i = 0; i < std::size_t(work_->sequences); ++i)
    head->apply(1, work_->output.data() + i * size, scores.data() + i * classes);
  return scores;
}

template <class Real>
std::vector<Real> Sequence<Real>::pooled() const {
  const auto& pooler = model_.weights().pooler;
  if (!pooler || work_->last == 0)
    throw ConfigError(pooler ? "pooled output of an empty sequence" : "this model has no pooler");
  std::vector<Real> pooled(std::size_t(pooler->out));
  pooler->apply(1, work_->output.data(), pooled.data());
  for (Real& value : pooled) value = std::tanh(value);
  return pooled;
}

template <class Real>
std::vector<Real> Sequence<Real>::sentence_embedding() const {
  if (work_->last == 0) throw ConfigError("sentence embedding of an empty sequence");
  const auto width = std::size_t(shape().hidden_size);
  std::vector<double> mean(width);
  for (std::size_t token = 0; token < std::size_t(work_->last); ++token)
    for (std::size_t i = 0; i < width; ++i) mean[i] += work_->output[token * width + i];
  double square = 0;
  for (double& value : mean) {
    value /= work_->last;
    square += value * value;
  }
  std::vector<Real> embedding(width);
  for (std::size_t i = 0; i < width; ++i) embedding[i] = Real(mean[i] / std::sqrt(square));
  return embedding;
}

template class Sequence<float>;
template class Sequence<double>;

}  // namespace tripartite::transformer
