#include "host/simulation/generate.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <span>

#include "host/backend/require_memory.hpp"
#include "host/simulation/attention_options.hpp"
#include "host/simulation/calibrate.hpp"
#include "host/transformer/tokenizer.hpp"
#include "tripartite/attention/network_attention.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/generate.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::simulation {
namespace {

template <class Real>
void run(const config::GenerateConfig& config, RunListener& listener,
         const std::function<void(std::string_view)>& on_text, GenerateResult& result) {
  const transformer::ModelFiles files = open_model(config.model);
  const transformer::Model<Real> model(files);
  const transformer::ModelShape& shape = model.shape();
  if (!shape.causal)
    throw ConfigError(fmt::format("model.path = \"{}\": {} is an encoder; generate needs a language model",
                                  config.model, shape.family));
  const auto tokenizer = transformer::make_tokenizer(files, shape);
  const auto prompt = tokenizer->encode(config.prompt, shape.max_tokens);
  const auto wanted = prompt.untruncated + std::size_t(config.tokens);
  if (wanted > std::size_t(shape.max_tokens))
    throw ConfigError(
        fmt::format("input.tokens = {}: prompt ({} tokens) and new tokens must be at most {}, the positions of {}",
                    config.tokens, prompt.untruncated, shape.max_tokens, files.name()));
  result.model = files.name();
  result.prompt = config.prompt;
  result.prompt_ids = prompt.ids;

  const auto attention_shape = shape.attention_shape(int(wanted));
  Stopper stopper(listener);
  std::unique_ptr<transformer::Attention<Real>> attention;
  if (config.integrate) {
    auto options = attention_options(config, shape);
    if (needs_calibration(options))
      options.calibration = calibrate_layers(model, *tokenizer, transformer::embedded_text("calibration.txt"));
    auto network = std::make_unique<attention::NetworkAttention<Real>>(attention_shape, options, &stopper);
    // The last token is drawn but not read.
    result.simulated_seconds = network->simulated_time(int(wanted) - 1);
    attention = std::move(network);
  } else {
    attention = transformer::make_blas_attention<Real>(shape.attention, attention_shape);
  }
  listener.prepared();

  const auto begin = std::chrono::steady_clock::now();
  transformer::Sequence<Real> sequence(model, *attention);
  transformer::Sampler sampler({config.temperature, config.top_k, config.network.seed});
  const auto note = [&](int id) {
    const std::string text = tokenizer->decode(std::span(&id, 1));
    result.ids.push_back(id);
    result.text += text;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    on_text(text);
    return !listener.cancelled();
  };
  with_remedy(less_memory, [&] { transformer::generate<Real>(sequence, prompt.ids, config.tokens, sampler, note); });
  if (listener.cancelled()) throw Cancelled("interrupted");
}

}  // namespace

void generate(const config::GenerateConfig& config, RunListener& listener,
              const std::function<void(std::string_view)>& on_text, GenerateResult& result) {
  if (config.execution.precision == Precision::float64)
    run<double>(config, listener, on_text, result);
  else
    run<float>(config, listener, on_text, result);
}

}  // namespace tripartite::simulation
