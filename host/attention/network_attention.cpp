#include "tripartite/attention/network_attention.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "tripartite/attention/schedule.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {

int hidden_neurons(const NetworkOptions& options, int width, int tokens) {
  const auto refuse = [&](const std::string& expected) {
    throw ConfigError("features.m = " + std::to_string(options.hidden) + ": " + expected);
  };
  switch (options.feature) {
    case Feature::slots:
      if (options.hidden > 0 && options.hidden < tokens)
        refuse("slots need one hidden neuron per token, at least " + std::to_string(tokens) + " for this text");
      return options.hidden > 0 ? options.hidden : tokens;
    case Feature::elu1:
      if (options.hidden > 0 && options.hidden != width)
        refuse("must equal the width d = " + std::to_string(width) + " of a head for features.map = elu1");
      return width;
    case Feature::favor_balanced:
    case Feature::favor_sharp:
    case Feature::favor:
    case Feature::relu: return options.hidden > 0 ? options.hidden : 256;
  }
  throw ConfigError("unknown feature map");
}

template <class Real>
struct NetworkAttention<Real>::Layer {
  std::unique_ptr<Engine<Real>> engine;
  const Recording* recording = nullptr;
  double time = 0;  // [s] of this layer's own clock
  int stored = 0;   // tokens written
};

template <class Real>
NetworkAttention<Real>::NetworkAttention(const transformer::AttentionShape& shape, NetworkOptions options,
                                         NetworkObserver* observer)
    : transformer::Attention<Real>(shape),
      options_(std::move(options)),
      observer_(observer),
      layers_(std::size_t(shape.layers)) {
  for (const Recording& recording : options_.recordings) {
    if (recording.layer < 0 || recording.layer >= shape.layers)
      throw ConfigError("recording.layer = " + std::to_string(recording.layer) + ": must be in [0, " +
                        std::to_string(shape.layers - 1) + "], the layers of this model");
    if (!(recording.interval > 0))
      throw ConfigError("recording.interval = " + std::to_string(recording.interval) + " s: must be positive");
    layers_[std::size_t(recording.layer)].recording = &recording;
  }
  const bool calibrated = options_.feature == Feature::favor_sharp || options_.feature == Feature::favor_balanced;
  if (calibrated && !options_.own_maps && options_.calibration.size() != std::size_t(shape.layers))
    throw ConfigError("features.map: favor_sharp and favor_balanced need a calibration of each of the " +
                      std::to_string(shape.layers) + " layers, got " + std::to_string(options_.calibration.size()));
  if (!options_.parameters.has_calcium_model()) return;
  if (!options_.own_processes && options_.calibration.size() != std::size_t(shape.layers))
    throw ConfigError("astrocyte.model = " + options_.parameters.calcium_model +
                      ": needs a calibration of each of the " + std::to_string(shape.layers) + " layers, got " +
                      std::to_string(options_.calibration.size()));
  curve_ = settled_calcium(options_.parameters);
}

/// Queries and keys of one head in the calibration text, [tokens x width] each.
template <class Real>
struct NetworkAttention<Real>::HeadText {
  std::vector<double> query, key;
  int tokens = 0;

  Calibration first(int most) const {
    const int count = std::min(most, tokens);
    const std::size_t values = tokens > 0 ? query.size() / std::size_t(tokens) * std::size_t(count) : 0;
    return {std::span(query).first(values), std::span(key).first(values), count};
  }
};

template <class Real>
typename NetworkAttention<Real>::HeadText NetworkAttention<Real>::calibration_of(int layer, int head) const {
  HeadText text;
  if (options_.calibration.empty()) return text;
  const auto& shape = this->shape();
  const LayerCalibration& all = options_.calibration[std::size_t(layer)];
  text.tokens = all.tokens;
  for (int t = 0; t < all.tokens; ++t)
    for (int i = 0; i < shape.head_size; ++i) {
      const std::size_t at = std::size_t(t) * std::size_t(shape.width()) + std::size_t(head) * shape.head_size + i;
      text.query.push_back(all.query[at]);
      text.key.push_back(all.key[at]);
    }
  return text;
}

template <class Real>
NetworkAttention<Real>::~NetworkAttention() = default;

template <class Real>
int NetworkAttention<Real>::hidden(int tokens) const {
  return hidden_neurons(options_, this->shape().head_size, tokens);
}

template <class Real>
std::size_t NetworkAttention<Real>::synapses_per_head(int tokens) const {
  return std::size_t(hidden(tokens)) * std::size_t(this->shape().head_size);
}

template <class Real>
double NetworkAttention<Real>::simulated_time(int tokens) const {
  const Parameters& p = options_.parameters;
  return tokens * (p.settle_time + p.write_time + p.read_time) + (this->shape().causal ? tokens : 1) * p.delay_time;
}

template <class Real>
Engine<Real>* NetworkAttention<Real>::engine(int layer) {
  return layers_.at(std::size_t(layer)).engine.get();
}

template <class Real>
std::vector<FeatureMap> NetworkAttention<Real>::maps(int layer, int tokens) const {
  if (options_.own_maps) return options_.own_maps(layer, hidden(tokens));
  const auto& shape = this->shape();
  const int width = shape.head_size;
  std::vector<FeatureMap> maps;
  for (int head = 0; head < shape.heads; ++head) {
    const HeadText text = calibration_of(layer, head);
    const std::uint64_t stream = std::uint64_t(layer) * std::uint64_t(shape.heads) + std::uint64_t(head);
    maps.push_back(make_feature_map(options_.feature, width, hidden(tokens), options_.parameters.seed, stream,
                                    text.first(text.tokens)));
  }
  return maps;
}

template <class Real>
std::vector<ProcessScale> NetworkAttention<Real>::processes(int layer, int tokens) const {
  if (!curve_) return {};
  if (options_.own_processes) return options_.own_processes(layer, tokens);
  const auto maps = this->maps(layer, tokens);
  std::vector<ProcessScale> scales;
  for (int head = 0; head < this->shape().heads; ++head) {
    const HeadText text = calibration_of(layer, head);
    scales.push_back(fit_scale(
        calcium_levels(maps[std::size_t(head)], text.first(tokens), options_.parameters, this->shape().causal), *curve_,
        options_.parameters));
  }
  return scales;
}

template <class Real>
void NetworkAttention<Real>::start(Layer& layer, int index, int capacity, int sequences) {
  EngineSetup setup;
  setup.width = this->shape().head_size;
  setup.hidden = hidden(capacity);
  setup.tokens = capacity;
  setup.parameters = options_.parameters;
  setup.maps = maps(index, capacity);
  setup.processes = processes(index, capacity);
  if (options_.parameters.heterogeneity > 0)
    for (int head = 0; head < this->shape().heads; ++head)
      setup.factors.push_back(
          draw_factors(options_.parameters, setup.width, setup.hidden,
                       std::uint64_t(index) * std::uint64_t(this->shape().heads) + std::uint64_t(head)));
  const std::vector<FeatureMap> one_maps = setup.maps;
  const std::vector<SynapseFactors> one_factors = setup.factors;
  const std::vector<ProcessScale> one_processes = setup.processes;
  for (int sequence = 1; sequence < sequences; ++sequence) {
    setup.maps.insert(setup.maps.end(), one_maps.begin(), one_maps.end());
    setup.factors.insert(setup.factors.end(), one_factors.begin(), one_factors.end());
    setup.processes.insert(setup.processes.end(), one_processes.begin(), one_processes.end());
  }
  layer.engine = make_engine<Real>(options_.backend, setup, options_.threads);
  if (observer_ != nullptr) layer.engine->stop_when([this] { return observer_->should_stop(); });
  layer.time = 0;
  layer.stored = 0;
  if (layer.recording != nullptr) layer.engine->set_probes(layer.recording->probes);
}

template <class Real>
void NetworkAttention<Real>::advance(Layer& layer, int index, Phase phase, int token, double duration) {
  if (!(duration > 0)) return;
  const double begin = layer.time, end = begin + duration;
  std::vector<double> observe, times;
  if (layer.recording != nullptr && layer.recording->interval > 0) {
    const double interval = layer.recording->interval;
    const double last = std::min(end, layer.recording->until);
    for (double k = std::floor(begin / interval + 1e-6) + 1; k * interval <= last + 1e-9; ++k) {
      // On a grid of nanoseconds, so that phases that are alike have the very same observation times and share one
      // plan.
      observe.push_back(std::min(std::round((k * interval - begin) * 1e9) * 1e-9, duration));
      times.push_back(k * interval);
    }
  }
  layer.engine->advance(phase, token, duration, observe);
  layer.time = end;
  if (observer_ == nullptr) return;
  if (!times.empty()) {
    const std::vector<Real> frames = layer.engine->take_frames();
    observer_->recorded(index, times, std::vector<double>(frames.begin(), frames.end()));
  }
  observer_->advanced(index, phase, token, begin, end);
}

template <class Real>
void NetworkAttention<Real>::run(Layer& layer, int index, int first_token, int tokens) {
  for (const ScheduledPhase& phase : schedule_of(options_.parameters, first_token, tokens, this->shape().causal)) {
    advance(layer, index, phase.phase, phase.token, phase.duration);
    if (phase.phase == Phase::write) layer.engine->store_key(phase.token);
    if (phase.phase == Phase::read) layer.engine->sample(phase.token);
  }
}

template <class Real>
void NetworkAttention<Real>::attend(int index, int first_token, int tokens, const Real* query, const Real* key,
                                    const Real* value, Real* context) {
  const auto& shape = this->shape();
  Layer& layer = layers_.at(std::size_t(index));
  if (!shape.causal) layer.stored = 0;
  this->check(index, first_token, tokens, layer.stored);
  if (!shape.causal || layer.engine == nullptr) start(layer, index, shape.causal ? shape.max_tokens : tokens);

  layer.engine->load_tokens(first_token, tokens, query, key, value);
  run(layer, index, first_token, tokens);
  layer.engine->outputs(first_token, tokens, context);
  layer.stored = first_token + tokens;
}

template <class Real>
void NetworkAttention<Real>::attend_batch(int index, int sequences, int tokens, const Real* query, const Real* key,
                                          const Real* value, Real* context) {
  const auto& shape = this->shape();
  if (shape.causal) throw ConfigError("attention: a batch of sequences needs bidirectional attention");
  Layer& layer = layers_.at(std::size_t(index));
  this->check(index, 0, tokens, 0);
  start(layer, index, tokens, sequences);
  const std::size_t width = std::size_t(shape.width());
  const std::size_t row = std::size_t(sequences) * width;
  std::vector<Real> side_by_side(std::size_t(tokens) * row), beside_query, beside_key;
  const auto gather = [&](const Real* matrix) {
    for (std::size_t sequence = 0; sequence < std::size_t(sequences); ++sequence)
      for (std::size_t token = 0; token < std::size_t(tokens); ++token)
        std::copy_n(matrix + (sequence * std::size_t(tokens) + token) * width, width,
                    side_by_side.begin() + std::ptrdiff_t(token * row + sequence * width));
    return side_by_side;
  };
  beside_query = gather(query);
  beside_key = gather(key);
  gather(value);
  layer.engine->load_tokens(0, tokens, beside_query.data(), beside_key.data(), side_by_side.data());
  run(layer, index, 0, tokens);
  layer.engine->outputs(0, tokens, side_by_side.data());
  for (std::size_t sequence = 0; sequence < std::size_t(sequences); ++sequence)
    for (std::size_t token = 0; token < std::size_t(tokens); ++token)
      std::copy_n(side_by_side.begin() + std::ptrdiff_t(token * row + sequence * width), width,
                  context + (sequence * std::size_t(tokens) + token) * width);
}

template <class Real>
void NetworkAttention<Real>::reset() {
  for (Layer& layer : layers_) {
    layer.engine.reset();
    layer.time = 0;
    layer.stored = 0;
  }
}

template class NetworkAttention<float>;
template class NetworkAttention<double>;

}  // namespace tripartite::attention
