#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "host/bench/clock.hpp"
#include "host/bench/contest.hpp"
#include "host/bench/transformer_problem.hpp"
#include "tripartite/attention/network_attention.hpp"
#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/reference_attention.hpp"

// W6: transformers of well-known shapes. Their speed does not depend on the weights, which are random.
namespace tripartite::bench {
namespace {

using nlohmann::ordered_json;

/// The files of a model, in memory.
class RandomModel {
 public:
  explicit RandomModel(const TransformerSize& size) {
    const auto d = std::size_t(size.hidden), inner = std::size_t(size.inner);
    if (size.is_causal) {
      config_ = ordered_json{{"model_type", "gpt2"},         {"n_layer", size.layers}, {"n_embd", d},
                             {"n_head", size.heads},         {"n_inner", inner},       {"vocab_size", size.vocabulary},
                             {"n_positions", size.positions}}
                    .dump();
      add("wte.weight", {std::size_t(size.vocabulary), d});
      add("wpe.weight", {std::size_t(size.positions), d});
      for (int layer = 0; layer < size.layers; ++layer) {
        const std::string name = fmt::format("h.{}.", layer);
        add_norm(name + "ln_1", d);
        add_linear(name + "attn.c_attn", d, 3 * d);
        add_linear(name + "attn.c_proj", d, d);
        add_norm(name + "ln_2", d);
        add_linear(name + "mlp.c_fc", d, inner);
        add_linear(name + "mlp.c_proj", inner, d);
      }
      add_norm("ln_f", d);
    } else {
      config_ = ordered_json{{"model_type", "bert"},
                             {"num_hidden_layers", size.layers},
                             {"hidden_size", d},
                             {"num_attention_heads", size.heads},
                             {"intermediate_size", inner},
                             {"vocab_size", size.vocabulary},
                             {"max_position_embeddings", size.positions}}
                    .dump();
      add("embeddings.word_embeddings.weight", {std::size_t(size.vocabulary), d});
      add("embeddings.position_embeddings.weight", {std::size_t(size.positions), d});
      add("embeddings.token_type_embeddings.weight", {2, d});
      add_norm("embeddings.LayerNorm", d);
      for (int layer = 0; layer < size.layers; ++layer) {
        const std::string name = fmt::format("encoder.layer.{}.", layer);
        for (const char* part : {"query", "key", "value"}) add_linear(name + "attention.self." + part, d, d);
        add_linear(name + "attention.output.dense", d, d);
        add_norm(name + "attention.output.LayerNorm", d);
        add_linear(name + "intermediate.dense", inner, d);  // [out x in]
        add_linear(name + "output.dense", d, inner);
        add_norm(name + "output.LayerNorm", d);
      }
      add_linear("pooler.dense", d, d);
    }
    finish();
  }

  transformer::ModelFiles files() const {
    return transformer::ModelFiles::memory("random", {{"config.json", std::as_bytes(std::span(config_))},
                                                      {"model.safetensors", std::as_bytes(std::span(bytes_))}});
  }

 private:
  void add(const std::string& name, std::vector<std::size_t> shape, bool is_random = true, float value = 0) {
    std::size_t count = 1;
    for (const std::size_t length : shape) count *= length;
    const std::size_t begin = values_.size();
    values_.resize(begin + count, value);
    if (is_random)
      for (std::size_t i = begin; i < values_.size(); ++i) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        values_[i] = 0.04F * (float(state_ >> 40) * 0x1p-24F - 0.5F);
      }
    header_[name] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {4 * begin, 4 * values_.size()}}};
  }
  /// A weight [first x second], and a bias as long as its outputs, whichever of the two they are.
  void add_linear(const std::string& name, std::size_t first, std::size_t second) {
    add(name + ".weight", {first, second});
    add(name + ".bias", {name.find(".c_") != std::string::npos ? second : first}, false);
  }
  void add_norm(const std::string& name, std::size_t size) {
    add(name + ".weight", {size}, false, 1);
    add(name + ".bias", {size}, false);
  }
  void finish() {
    std::string header = header_.dump();
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const std::uint64_t length = header.size();
    bytes_.resize(8 + header.size() + 4 * values_.size());
    std::memcpy(bytes_.data(), &length, 8);
    std::memcpy(bytes_.data() + 8, header.data(), header.size());
    std::memcpy(bytes_.data() + 8 + header.size(), values_.data(), 4 * values_.size());
    values_ = {};
  }

  std::string config_;
  ordered_json header_;
  std::vector<float> values_;
  std::vector<std::byte> bytes_;
  std::uint64_t state_ = 1;
};

/// A model that is made in the first turn and stays.
class Loaded {
 public:
  explicit Loaded(const TransformerSize& size) : size_(size) {}

  /// One turn of a sequence, whose last states have been normalised: `check` is `expected` if they are.
  Turn run(transformer::Attention<float>& attention, int tokens, double expected) {
    transformer::Sequence<float> sequence(model(), attention);
    std::vector<int> text;
    text.reserve(std::size_t(tokens));
    for (int i = 0; i < tokens; ++i) text.push_back(997 * (i + 1) % size_.vocabulary);
    Turn turn;
    std::span<const float> states;
    turn.seconds = seconds_of([&] { states = sequence.append(text); });
    double squares = 0;
    for (const float value : states) squares += double(value) * double(value);
    turn.check = expected * squares / (double(tokens) * size_.hidden);
    return turn;
  }

  transformer::Model<float> model() {
    if (!model_) {
      random_ = std::make_unique<RandomModel>(size_);
      model_ = std::make_unique<transformer::Model<float>>(random_->files());
    }
    return *model_;
  }

 private:
  TransformerSize size_;
  std::unique_ptr<RandomModel> random_;
  std::unique_ptr<transformer::Model<float>> model_;
};

Contest contest_of(const TransformerSize& size, const char* attention, int tokens, const Options& options) {
  Contest contest;
  contest.workload = "W6";
  contest.variant = fmt::format("{} shape, {}", size.name, attention);
  contest.method = attention;
  contest.threads = threads_of(options);
  contest.n = tokens;
  contest.steps = 1;
  return contest;
}

}  // namespace

std::vector<Contest> transformer_contests(const Options& options) {
  const int tokens = options.quick ? 128 : 512;
  std::vector<Contest> all;
  for (const TransformerSize& size : {minilm, gpt2}) {
    const auto loaded = std::make_shared<Loaded>(size);
    Contest reference = contest_of(size, "reference", tokens, options);
    reference.unit = "FLOP of the products";
    reference.work = size.operations(tokens);
    reference.own = [=] {
      transformer::BlasSoftmaxAttention<float> attention(loaded->model().shape().attention_shape(tokens));
      return loaded->run(attention, tokens, size.operations(tokens));
    };
    reference.rival = rival_words("W6", reference, 1, 0, size.name, options);
    reference.tolerance = 1e-3;
    all.push_back(std::move(reference));
    if (size.is_causal) continue;
    const int paragraph = options.quick ? 32 : 128;
    Contest network = contest_of(size, "network", paragraph, options);
    network.unit = "tokens";
    network.work = paragraph;
    network.own = [=] {
      attention::NetworkOptions chosen;
      chosen.backend = options.backend;
      chosen.threads = threads_of(options);
      attention::NetworkAttention<float> attention(loaded->model().shape().attention_shape(paragraph), chosen);
      return loaded->run(attention, paragraph, 1);
    };
    all.push_back(std::move(network));
  }
  return all;
}

}  // namespace tripartite::bench
