#include "host/simulation/generate.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "host/backend/require_memory.hpp"
#include "host/run/pieces.hpp"
#include "host/simulation/attention_options.hpp"
#include "host/simulation/calibrate.hpp"
#include "host/transformer/tokenizer.hpp"
#include "tripartite/attention/network_attention.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/generate.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::simulation {
namespace {

/// A token and when it was there [s], counted through all parts of the run.
struct Kept {
  std::int32_t id = 0;
  double seconds = 0;
};

std::string key_of(std::size_t token) { return fmt::format("token {}", token); }

template <class Real>
class Writer {
 public:
  Writer(const config::GenerateConfig& config, RunListener& listener,
         const std::function<void(std::string_view)>& on_text, GenerateResult& result)
      : config_(config),
        listener_(listener),
        on_text_(on_text),
        result_(result),
        files_(open_model(config.model)),
        model_(files_),
        stopper_(listener) {
    const transformer::ModelShape& shape = model_.shape();
    if (!shape.causal)
      throw ConfigError(fmt::format("model.path = \"{}\": {} is an encoder; generate needs a language model",
                                    config.model, shape.family));
    tokenizer_ = transformer::make_tokenizer(files_, shape);
    const auto prompt = tokenizer_->encode(config.prompt, shape.max_tokens);
    const auto wanted = prompt.untruncated + std::size_t(config.tokens);
    if (wanted > std::size_t(shape.max_tokens))
      throw ConfigError(
          fmt::format("input.tokens = {}: prompt ({} tokens) and new tokens must be at most {}, the positions of {}",
                      config.tokens, prompt.untruncated, shape.max_tokens, files_.name()));
    result.model = files_.name();
    result.prompt = config.prompt;
    result.prompt_ids = prompt.ids;
    make_attention(int(wanted));
  }

  void write() {
    begin_ = Clock::now();
    take_kept();
    if (std::ssize(result_.ids) >= config_.tokens) return;
    transformer::Sequence<Real> sequence(model_, *attention_);
    sequence.stop_when([this] { return listener_.cancelled(); });
    transformer::Sampler sampler({config_.temperature, config_.top_k, config_.network.seed});
    const auto note = [&](int id) {
      add({id, before_ + std::chrono::duration<double>(Clock::now() - begin_).count()});
      keep(sequence.tokens());
      return !listener_.cancelled();
    };
    const std::vector<int> next = catch_up(sequence, sampler);
    transformer::generate<Real>(sequence, next, config_.tokens - int(result_.ids.size()), sampler, note);
    if (listener_.cancelled() && std::ssize(result_.ids) < config_.tokens) throw Cancelled("interrupted");
  }

 private:
  using Clock = std::chrono::steady_clock;

  void make_attention(int tokens) {
    const transformer::ModelShape& shape = model_.shape();
    const auto attention_shape = shape.attention_shape(tokens);
    if (!config_.integrate) {
      attention_ = transformer::make_blas_attention<Real>(shape.attention, attention_shape);
      return;
    }
    auto options = attention_options(config_, shape);
    if (needs_calibration(options))
      options.calibration = calibrate_layers(model_, *tokenizer_, transformer::embedded_text("calibration.txt"));
    auto network = std::make_unique<attention::NetworkAttention<Real>>(attention_shape, options, &stopper_);
    // The last token is drawn but not read.
    result_.simulated_seconds = network->simulated_time(tokens - 1);
    network_ = network.get();
    attention_ = std::move(network);
  }

  void add(const Kept& token) {
    const std::string text = tokenizer_->decode(std::span(&token.id, 1));
    result_.ids.push_back(token.id);
    result_.text += text;
    result_.seconds = token.seconds;
    on_text_(text);
  }

  void take_kept() {
    const run::Checkpoints* const checkpoints = listener_.checkpoints();
    for (std::size_t token = 0; run::is_kept(checkpoints, key_of(token)); ++token) {
      run::PieceReader piece(*checkpoints->finished(key_of(token)));
      Kept kept;
      kept.id = piece.get<std::int32_t>();
      kept.seconds = piece.get<double>();
      add(kept);
    }
    before_ = result_.seconds;
  }

  /// The last token, which was drawn when the sequence had `fed`.
  void keep(int fed) {
    run::Checkpoints* const checkpoints = listener_.checkpoints();
    if (checkpoints == nullptr) return;
    checkpoints->finish(key_of(result_.ids.size() - 1),
                        run::PieceWriter().put(std::int32_t(result_.ids.back())).put(result_.seconds).bytes());
    if (network_ == nullptr || std::ssize(result_.ids) == config_.tokens || !checkpoints->due()) return;
    checkpoints->take(fed, network_->saved_bytes(), [this](std::ostream& out) { network_->save(out); });
  }

  /// Brings sequence and sampler to where the kept tokens end, but for what is returned, which is to be fed next.
  std::vector<int> catch_up(transformer::Sequence<Real>& sequence, transformer::Sampler& sampler) {
    const std::vector<int>& prompt = result_.prompt_ids;
    const std::vector<int> kept = result_.ids;
    if (kept.empty()) return prompt;
    sampler.skip(kept.size());
    std::size_t next = load(sequence);
    if (next == 0) {
      sequence.append(prompt);
      next = prompt.size();
    }
    // One by one, as they were fed before: products of other shapes are rounded in another way.
    for (std::size_t token = next - prompt.size(); token + 1 < kept.size(); ++token)
      sequence.append(std::span(&kept[token], 1));
    return {kept.back()};
  }

  /// Loads the last state that was saved. Returns how many tokens it has read; 0 where there is none.
  std::size_t load(transformer::Sequence<Real>& sequence) {
    const run::Checkpoints* const checkpoints = listener_.checkpoints();
    if (network_ == nullptr || checkpoints == nullptr || !checkpoints->restart()) return 0;
    const auto& found = *checkpoints->restart();
    const auto least = std::int64_t(result_.prompt_ids.size());
    if (found.step < least || found.step >= least + std::ssize(result_.ids))
      throw FileError(fmt::format("{}: is of {} tokens, which the journal beside it does not have", found.path.string(),
                                  found.step));
    checkpoints->load([this](std::istream& in) { network_->load(in); });
    sequence.go_on_behind(int(found.step));
    return std::size_t(found.step);
  }

  const config::GenerateConfig& config_;
  RunListener& listener_;
  const std::function<void(std::string_view)>& on_text_;
  GenerateResult& result_;
  const transformer::ModelFiles files_;
  const transformer::Model<Real> model_;
  Stopper stopper_;
  std::unique_ptr<transformer::Tokenizer> tokenizer_;
  std::unique_ptr<transformer::Attention<Real>> attention_;
  attention::NetworkAttention<Real>* network_ = nullptr;  // the attention, if it is one
  Clock::time_point begin_;
  double before_ = 0;  // [s] that the parts before took
};

template <class Real>
void run(const config::GenerateConfig& config, RunListener& listener,
         const std::function<void(std::string_view)>& on_text, GenerateResult& result) {
  Writer<Real> writer(config, listener, on_text, result);
  listener.prepared();
  with_remedy(less_memory, [&] { writer.write(); });
}

}  // namespace

config::GenerateConfig effective(config::GenerateConfig config) {
  config.execution.backend = config.integrate ? attention::resolve_backend(config.execution.backend, config.network)
                                              : Backend::cpu;  // where matrix products are taken
  if (config.model != "softmax" && config.model != "linear")   // then it is a directory
    config.model = std::filesystem::absolute(config.model).lexically_normal();
  return config;
}

nlohmann::ordered_json results_of(const config::GenerateConfig& config, const GenerateResult& result) {
  return {{"model", result.model},           {"network", config.integrate},
          {"prompt", result.prompt},         {"text", result.text},
          {"prompt_ids", result.prompt_ids}, {"ids", result.ids},
          {"seconds", result.seconds},       {"simulated_seconds", result.simulated_seconds}};
}

void generate(const config::GenerateConfig& config, RunListener& listener,
              const std::function<void(std::string_view)>& on_text, GenerateResult& result) {
  if (config.execution.precision == Precision::float64)
    run<double>(config, listener, on_text, result);
  else
    run<float>(config, listener, on_text, result);
}

}  // namespace tripartite::simulation
