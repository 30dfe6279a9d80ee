#include "host/simulation/attend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

#include "host/backend/require_memory.hpp"
#include "host/io/text_file.hpp"
#include "host/simulation/attention_errors.hpp"
#include "host/simulation/attention_options.hpp"
#include "host/simulation/attention_recorder.hpp"
#include "host/simulation/attention_studies.hpp"
#include "host/simulation/calibrate.hpp"
#include "host/simulation/image_input.hpp"
#include "host/simulation/kept_attention.hpp"
#include "host/simulation/work_estimate.hpp"
#include "host/transformer/tokenizer.hpp"
#include "host/transformer/utf8.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/measures.hpp"
#include "tripartite/transformer/model_files.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::simulation {

using attention::Feature;
using transformer::AttentionKind;

Feature natural_feature(AttentionKind kind) {
  return kind == AttentionKind::linear_elu1 ? Feature::elu1 : Feature::slots;
}

transformer::ModelFiles open_model(std::string_view name, Input input) {
  if (name == "softmax" || name == "linear")
    return transformer::embedded_model((input == Input::image ? "digits-" : "kjv-") + std::string(name));
  return transformer::ModelFiles::directory(std::filesystem::path(name));
}

namespace {

/// Adds the wall time of its scope to `seconds[name]`.
class Stopwatch {
 public:
  Stopwatch(AttendResult& result, std::string name) : result_(result), name_(std::move(name)) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    result_.seconds[name_] += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  AttendResult& result_;
  std::string name_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

std::string wanted_text(const config::AttendConfig& config, const transformer::ModelShape& shape) {
  if (!config.text.empty()) return config.text;
  if (!config.text_file.empty()) {
    std::string text = io::read_file(config.text_file);
    transformer::decode_utf8(text, config.text_file);  // refuses what is not UTF-8, in the name of the file
    return text;
  }
  return std::string(transformer::embedded_text(shape.causal ? "demo.txt" : "encoder_demo.txt"));
}

template <class Real>
std::vector<double> widened(const std::vector<Real>& values) {
  return {values.begin(), values.end()};
}

template <class Real>
class AttendRun {
 public:
  AttendRun(const config::AttendConfig& config, RunListener& listener, AttendResult& result)
      : config_(config),
        listener_(listener),
        result_(result),
        files_(open_model(model_name(config), config.image.empty() ? Input::text : Input::image)),
        model_(files_) {}

  void run() {
    read_input();
    choose_heads();
    prepare_recorder();
    listener_.prepared();
    transformer_pass();
    network_pass();
    compare();
    draw_map();
    draw_on_image();
    if (config_.studies) study();
  }

 private:
  static std::string model_name(const config::AttendConfig& config) {
    if (config.model != "embedded") return config.model;
    return config.features.map == Feature::elu1 ? "linear" : "softmax";
  }

  const transformer::ModelShape& shape() const { return model_.shape(); }
  int tokens() const { return int(result_.token_ids.size()); }

  std::function<bool()> stop() const {
    return [this] { return listener_.cancelled(); };
  }
  void check_cancelled() const {
    if (listener_.cancelled()) throw Cancelled("interrupted");
  }

  void read_input() {
    result_.model = files_.name();
    result_.model_option = model_name(config_);
    result_.shape = shape();
    result_.feature = config_.features.map.value_or(natural_feature(shape().attention));
    if (shape().image_channels > 0)
      read_image();
    else
      read_text();
    if (shape().attention == AttentionKind::linear_elu1 && result_.feature != Feature::elu1)
      listener_.message(fmt::format(
          "{} was trained with linear attention (elu1); only features.map = elu1 reproduces it", files_.name()));
  }

  void read_image() {
    if (config_.image.empty())
      throw ConfigError(
          fmt::format("model.path = \"{}\": {} reads images; --image names one", config_.model, shape().family));
    const auto images = read_images({config_.image});
    if (images.size() != 1)
      throw ConfigError(
          fmt::format("input.image = \"{}\": holds {} images; attend looks at one", config_.image, images.size()));
    const transformer::ImageProcessor processor(files_, shape());
    const io::RgbImage& original = images.front().pixels;
    const io::RgbImage fitted = processor.fitted(original);
    processor.append_values(fitted, pixels_);
    const int patches = shape().image_size / shape().patch_size;
    result_.image = {images.front().name,
                     original.width,
                     original.height,
                     fitted.width,
                     patches,
                     shape().patch_size,
                     fitted.values,
                     {}};
    result_.tokens.emplace_back("class");
    for (int patch = 0; patch < patches * patches; ++patch)
      result_.tokens.push_back(fmt::format("{},{}", patch / patches, patch % patches));
    for (int token = 0; token < shape().max_tokens; ++token) result_.token_ids.push_back(token);
  }

  /// report.heads, or what stands for it.
  void choose_heads() {
    const auto attention = shape().attention_shape();
    for (const std::string& head : config_.drawn_heads)
      drawn_heads_.push_back(find_head(head, attention, "report.heads"));
    for (int head = 0; head < shape().heads && result_.image && config_.drawn_heads.empty(); ++head)
      drawn_heads_.emplace_back(shape().layers - 1, head);
    offered_heads_ = drawn_heads_;
    const bool is_quick = shape().heads * shape().layers <= 32 && tokens() <= 128 &&
                          config_.network.heterogeneity == 0 && !config_.network.has_calcium_model();
    if (!config_.drawn_heads.empty() || !is_quick) return;
    offered_heads_.clear();
    for (int layer = 0; layer < shape().layers; ++layer)
      for (int head = 0; head < shape().heads; ++head) offered_heads_.emplace_back(layer, head);
  }

  void read_text() {
    if (!config_.image.empty())
      throw ConfigError(
          fmt::format("input.image = \"{}\": {} ({}) reads text", config_.image, files_.name(), shape().family));
    tokenizer_ = transformer::make_tokenizer(files_, shape());
    result_.text = wanted_text(config_, shape());
    auto read = tokenizer_->encode(result_.text, shape().max_tokens);
    if (read.untruncated > read.ids.size())
      listener_.message(fmt::format("the text has {} tokens; {} reads the first {}", read.untruncated, files_.name(),
                                    read.ids.size()));
    result_.token_ids = std::move(read.ids);
    result_.tokens = std::move(read.words);
  }

  void feed(transformer::Sequence<Real>& sequence) const {
    if (result_.image)
      sequence.append_images(pixels_);
    else
      sequence.append(result_.token_ids);
  }

  void transformer_pass() {
    const Stopwatch watch(result_, "transformer");
    listener_.progress("transformer", 0);
    const auto reference = transformer::make_blas_attention<Real>(shape().attention, shape().attention_shape(tokens()));
    transformer::Sequence<Real> sequence(model_, *reference);
    sequence.stop_when(stop());
    sequence.record(&transformer_trace_);
    feed(sequence);
    transformer_answer_ = answer(sequence);
    check_cancelled();
  }

  /// Logits of every token, the sentence embedding of an encoder, or of an image the scores of its classes, without
  /// which the mean of its tokens must do.
  std::vector<Real> answer(transformer::Sequence<Real>& sequence) const {
    if (shape().classes > 0) return sequence.class_logits();
    if (!shape().causal) return sequence.sentence_embedding();
    const auto logits = sequence.logits(tokens());
    return {logits.begin(), logits.end()};
  }

  void calibrate() {
    if (!needs_calibration(options_)) return;
    const Stopwatch watch(result_, "calibration");
    options_.calibration = calibration();
  }

  const std::vector<attention::LayerCalibration>& calibration() {
    if (calibration_.empty()) listener_.progress("calibration", 0);
    if (calibration_.empty() && result_.image)
      calibration_ = calibrate_layers<Real>(model_, pixels_, stop());
    else if (calibration_.empty())
      calibration_ = calibrate_layers(model_, *tokenizer_, transformer::embedded_text("calibration.txt"), stop());
    return calibration_;
  }

  void prepare_recorder() {
    options_ = attention_options(config_, shape());
    const auto attention_shape = shape().attention_shape(tokens());
    result_.hidden = attention::hidden_neurons(options_, attention_shape.head_size, tokens());
    recorder_ = std::make_unique<AttentionRecorder>(config_.recording, config_.network, attention_shape, result_.hidden,
                                                    listener_, result_);
  }

  void network_pass() {
    calibrate();
    options_.recordings = recorder_->recordings();
    attention_ = std::make_unique<KeptAttention<Real>>(shape().attention_shape(tokens()), options_, *recorder_,
                                                       listener_.checkpoints());
    network_ = &attention_->network();
    recorder_->expect(network_->simulated_time(tokens()), [this] { return attention_->is_kept(); });
    if (const auto* curve = network_->calcium_curve()) {
      result_.calcium.emplace(CalciumFit{*curve, {}});
      for (int layer = 0; layer < shape().layers; ++layer)
        result_.calcium->layers.push_back(network_->processes(layer, tokens()));
    }

    const Stopwatch watch(result_, "network");
    transformer::Sequence<Real> sequence(model_, *attention_);
    sequence.stop_when(stop());
    sequence.record(&network_trace_);
    with_remedy(less_memory, [&] { feed(sequence); });
    network_answer_ = answer(sequence);
  }

  HeadTensors head_tensors(const LayerTensors& layer, int head) const {
    const int heads = shape().heads, width = shape().head_size;
    const auto columns = [&](const std::vector<double>& matrix) {
      return head_columns(matrix, tokens(), heads, width, head);
    };
    return {tokens(), width, shape().causal, columns(layer.query), columns(layer.key), columns(layer.value)};
  }

  static void put_columns(std::vector<double>& matrix, const std::vector<double>& columns, int tokens, int heads,
                          int width, int head) {
    for (int t = 0; t < tokens; ++t)
      std::copy_n(columns.begin() + std::ptrdiff_t(t) * width, width,
                  matrix.begin() + (std::ptrdiff_t(t) * heads + head) * width);
  }

  void compare() {
    const Stopwatch watch(result_, "comparison");
    listener_.progress("comparison", 0);
    const int heads = shape().heads, width = shape().head_size;
    for (int index = 0; index < shape().layers; ++index) {
      LayerTensors layer;
      layer.query = widened(network_trace_.query[std::size_t(index)]);
      layer.key = widened(network_trace_.key[std::size_t(index)]);
      layer.value = widened(network_trace_.value[std::size_t(index)]);
      layer.network = widened(network_trace_.context[std::size_t(index)]);
      layer.softmax.resize(layer.network.size());
      layer.linear.resize(layer.network.size());
      const auto maps = network_->maps(index, tokens());
      for (int head = 0; head < heads; ++head) {
        const HeadTensors tensors = head_tensors(layer, head);
        const auto softmax = softmax_context(tensors), linear = linear_context(tensors, maps[std::size_t(head)]);
        const auto network = head_columns(layer.network, tokens(), heads, width, head);
        put_columns(layer.softmax, softmax, tokens(), heads, width, head);
        put_columns(layer.linear, linear, tokens(), heads, width, head);
        result_.heads.push_back({index, head, transformer::relative_l2<double>(network, linear),
                                 transformer::relative_l2<double>(network, softmax),
                                 network_->synapses_per_head(tokens())});
      }
      result_.layers.push_back(std::move(layer));
      listener_.progress("comparison", double(index + 1) / shape().layers);
      check_cancelled();
    }
    EndToEnd answers;
    answers.causal = shape().causal;
    const std::span<const Real> reference(transformer_answer_), network(network_answer_);
    if (shape().causal) {
      const int vocabulary = shape().vocabulary;
      answers.kl_mean = transformer::kl_mean<Real>(reference, network, vocabulary);
      answers.top1_agreement = transformer::top1_agreement<Real>(reference, network, vocabulary);
      if (tokens() > 1) {
        answers.perplexity_transformer = transformer::perplexity<Real>(reference, result_.token_ids, vocabulary);
        answers.perplexity_network = transformer::perplexity<Real>(network, result_.token_ids, vocabulary);
      }
    } else if (shape().classes > 0) {
      answers.classes_transformer = probabilities(reference);
      answers.classes_network = probabilities(network);
      answers.kl_mean = transformer::kl_mean<Real>(reference, network, shape().classes);
      answers.top1_agreement = transformer::top1_agreement<Real>(reference, network, shape().classes);
    } else {
      answers.cosine = transformer::cosine<Real>(reference, network);
    }
    result_.end_to_end = answers;
  }

  void draw_map() {
    const Stopwatch watch(result_, "attention map");
    const std::pair recorded(result_.recorded_layer, recorder_->head());
    double drawn = 0;
    const auto tell = [&] { listener_.progress("attention maps", drawn++ / (1 + double(offered_heads_.size()))); };
    tell();
    result_.map = attention_map(recorded.first, recorded.second);
    for (const auto& head : offered_heads_) {
      tell();
      check_cancelled();
      if (head != recorded) result_.maps.push_back(attention_map(head.first, head.second));
    }
  }

  void draw_on_image() {
    if (!result_.image) return;
    const Stopwatch watch(result_, "attention map");
    for (const auto& [layer, head] : drawn_heads_) {
      result_.image->attention.push_back(attention_map(layer, head));
      check_cancelled();
    }
  }

  AttentionMap attention_map(int layer, int head) const {
    AttentionMap drawn;
    drawn.layer = layer;
    drawn.head = head;
    const HeadTensors tensors = head_tensors(result_.layers[std::size_t(drawn.layer)], drawn.head);
    drawn.transformer = attention_weights(tensors, shape().attention);
    const auto maps = network_->maps(drawn.layer, tokens());
    drawn.network = network_attention_map<Real>(tensors, maps[std::size_t(drawn.head)],
                                                process_of(drawn.layer, drawn.head, tokens()), options_, listener_);
    return drawn;
  }

  /// How the processes of a head are scaled for so many tokens, if they have a calcium model.
  std::optional<attention::ProcessScale> process_of(int layer, int head, int tokens) const {
    const auto all = network_->processes(layer, tokens);
    return all.empty() ? std::nullopt : std::optional(all[std::size_t(head)]);
  }

  /// At most 16 heads, evenly spread over all layers, with what the transformer gave them.
  std::vector<StudyHead> study_heads() {
    const int heads = shape().heads, all = heads * shape().layers, wanted = std::min(all, 16);
    std::vector<StudyHead> chosen;
    for (int n = 0; n < wanted; ++n) {
      const int flat = int(std::int64_t(n) * all / wanted), layer = flat / heads, head = flat % heads;
      StudyHead study;
      LayerTensors tensors;
      tensors.query = widened(transformer_trace_.query[std::size_t(layer)]);
      tensors.key = widened(transformer_trace_.key[std::size_t(layer)]);
      tensors.value = widened(transformer_trace_.value[std::size_t(layer)]);
      study.tensors = head_tensors(tensors, head);
      const auto& text = calibration()[std::size_t(layer)];
      study.calibration_query = head_columns(text.query, text.tokens, heads, shape().head_size, head);
      study.calibration_key = head_columns(text.key, text.tokens, heads, shape().head_size, head);
      study.calibration_tokens = text.tokens;
      study.stream = std::uint64_t(flat);
      chosen.push_back(std::move(study));
    }
    return chosen;
  }

  void study() {
    const Stopwatch watch(result_, "studies");
    const auto heads = study_heads();
    // Of the schedule: few tokens of one layer at each time, in float64.
    const double integration = result_.seconds["network"] * recorder_->share_of_unrecorded_layer() *
                               double(std::size(studied_times)) *
                               std::min(1.0, double(most_studied_tokens) / tokens()) *
                               (sizeof(Real) == sizeof(float) && !config_.network.has_calcium_model() ? 2 : 1);
    WorkEstimate estimate({{0, cost_of_features(heads)}, {1, integration}, {1, integration}});
    const auto tell = [&](double within) {
      listener_.progress("studies", estimate.fraction(within));
      check_cancelled();
    };
    estimate.begin(0);
    result_.feature_studies = study_features(heads, config_.network.seed, tell);
    estimate.end();
    const int layer = result_.recorded_layer, count = shape().heads;
    std::vector<StudyHead> layer_heads;
    layer_heads.reserve(std::size_t(count));
    for (int head = 0; head < count; ++head)
      layer_heads.push_back({head_tensors(result_.layers[std::size_t(layer)], head),
                             {},
                             {},
                             0,
                             0,
                             process_of(layer, head, std::min(tokens(), most_studied_tokens))});
    const auto maps = network_->maps(layer, tokens());
    estimate.begin(1);
    result_.settle_study = study_settle_time(layer_heads, maps, config_.network, listener_, tell);
    estimate.end();
    estimate.begin(2);
    result_.read_study = study_read_time(layer_heads, maps, config_.network, listener_, tell);
  }

  const config::AttendConfig& config_;
  RunListener& listener_;
  AttendResult& result_;
  transformer::ModelFiles files_;
  transformer::Model<Real> model_;
  std::unique_ptr<transformer::Tokenizer> tokenizer_;  // of a text
  std::vector<Real> pixels_;                           // of an image, as the model reads them
  std::vector<std::pair<int, int>> drawn_heads_;       // layer and head, on an image
  std::vector<std::pair<int, int>> offered_heads_;     // whose weights the reader of the report can choose
  attention::NetworkOptions options_;
  std::vector<attention::LayerCalibration> calibration_;
  std::unique_ptr<AttentionRecorder> recorder_;
  std::unique_ptr<KeptAttention<Real>> attention_;
  const attention::NetworkAttention<Real>* network_ = nullptr;  // of it
  transformer::Trace<Real> transformer_trace_, network_trace_;
  std::vector<Real> transformer_answer_, network_answer_;
};

}  // namespace

config::AttendConfig effective(config::AttendConfig config, const AttendResult& result) {
  config.text = result.text;
  config.text_file.clear();
  config.model = result.model_option;
  if (!config.image.empty()) config.image = std::filesystem::absolute(config.image).lexically_normal();
  // A directory; the configuration may be read from another one.
  if (result.model == result.model_option) config.model = std::filesystem::absolute(config.model).lexically_normal();
  config.features = {result.feature, result.hidden};
  config.execution.backend = attention::resolve_backend(config.execution.backend, config.network);
  return config;
}

void attend(const config::AttendConfig& config, RunListener& listener, AttendResult& result) {
  if (config.execution.precision == Precision::float64)
    AttendRun<double>(config, listener, result).run();
  else
    AttendRun<float>(config, listener, result).run();
}

}  // namespace tripartite::simulation
