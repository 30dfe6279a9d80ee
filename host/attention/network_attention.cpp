#include "tripartite/attention/network_attention.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <istream>
#include <ostream>
#include <string>
#include <utility>

#include "host/run/course.hpp"
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
  double time = 0;        // [s] of this layer's own clock
  int stored = 0;         // tokens written
  std::size_t bytes = 0;  // that the engine allocates
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
  layer.bytes = engine_bytes<Real>(setup);
  layer.time = 0;
  layer.stored = 0;
  if (layer.recording != nullptr) layer.engine->set_probes(layer.recording->probes);
}

/// A part of a layer's schedule, as a course whose steps are phases.
template <class Real>
class NetworkAttention<Real>::Phases final : public run::Course, public run::Visitor {
 public:
  Phases(Layer& layer, int index, std::vector<ScheduledPhase> schedule, NetworkObserver* observer)
      : layer_(layer), index_(index), schedule_(std::move(schedule)), observer_(observer), begin_(layer.time) {}

  std::int64_t at() const override { return std::int64_t(done_); }
  void advance(std::int64_t phases) override {
    for (std::int64_t k = 0; k < phases; ++k) {
      begin_ = layer_.time;
      advance(schedule_[done_]);
      end_phase(*layer_.engine, schedule_[done_]);
      ++done_;
    }
  }
  void stop_when(std::function<bool()> stop) override { layer_.engine->stop_when(std::move(stop)); }

  void frame() override {
    if (done_ == 0 || observer_ == nullptr) return;
    const ScheduledPhase& phase = schedule_[done_ - 1];
    if (phase.duration > 0) observer_->advanced(index_, phase.phase, phase.token, begin_, layer_.time);
  }

 private:
  void advance(const ScheduledPhase& phase) {
    if (!(phase.duration > 0)) return;
    const double end = begin_ + phase.duration;
    std::vector<double> observe, times;
    if (layer_.recording != nullptr && layer_.recording->interval > 0) {
      const double interval = layer_.recording->interval;
      const double last = std::min(end, layer_.recording->until);
      for (double k = std::floor(begin_ / interval + 1e-6) + 1; k * interval <= last + 1e-9; ++k) {
        // On a grid of nanoseconds, so that phases that are alike have the very same observation times and share one
        // plan.
        observe.push_back(std::min(std::round((k * interval - begin_) * 1e9) * 1e-9, phase.duration));
        times.push_back(k * interval);
      }
    }
    layer_.engine->advance(phase.phase, phase.token, phase.duration, observe);
    layer_.time = end;
    if (observer_ == nullptr || times.empty()) return;
    const std::vector<Real> frames = layer_.engine->take_frames();
    observer_->recorded(index_, times, std::vector<double>(frames.begin(), frames.end()));
  }

  Layer& layer_;
  int index_;
  std::vector<ScheduledPhase> schedule_;
  NetworkObserver* observer_;
  double begin_;          // [s] of the phase in progress
  std::size_t done_ = 0;  // phases
};

template <class Real>
void NetworkAttention<Real>::run(Layer& layer, int index, int first_token, int tokens) {
  auto schedule = schedule_of(options_.parameters, first_token, tokens, this->shape().causal);
  const auto count = std::int64_t(schedule.size());
  Phases phases(layer, index, std::move(schedule), observer_);
  run::Caller caller;
  if (observer_ != nullptr) caller.should_stop = [this] { return observer_->should_stop(); };
  run::run(phases, {.steps = count}, caller, phases);
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

namespace {

/// Of one layer in a saved state, before the state of its engine.
struct SavedLayer {
  std::int64_t stored;  // 0: there is no engine yet
  double time;
};

constexpr std::uint64_t save_magic = 0x6e65747461707274;  // "trpatten"

}  // namespace

template <class Real>
void NetworkAttention<Real>::save(std::ostream& out) const {
  const auto put = [&](const auto& value) { out.write(reinterpret_cast<const char*>(&value), sizeof value); };
  put(save_magic);
  put(std::uint64_t(layers_.size()));
  for (const Layer& layer : layers_) {
    const bool has_begun = layer.engine != nullptr && layer.stored > 0;
    put(SavedLayer{has_begun ? layer.stored : 0, layer.time});
    if (has_begun) layer.engine->save(out);
  }
  if (!out) throw FileError("the state of the attention cannot be written");
}

template <class Real>
void NetworkAttention<Real>::load(std::istream& in) {
  const auto& shape = this->shape();
  const auto get = [&]<class T>(T value) {
    if (!in.read(reinterpret_cast<char*>(&value), sizeof value))
      throw FileError("saved state of the attention: is cut short");
    return value;
  };
  if (!shape.causal) throw ConfigError("attention: only the state of a causal sequence can be loaded");
  if (get(std::uint64_t(0)) != save_magic) throw FileError("saved state of the attention: is none");
  if (const auto layers = get(std::uint64_t(0)); layers != layers_.size())
    throw FileError("saved state of the attention: has " + std::to_string(layers) + " layers, expected " +
                    std::to_string(layers_.size()));
  reset();
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    const auto saved = get(SavedLayer{});
    if (saved.stored < 0 || saved.stored > shape.max_tokens || !std::isfinite(saved.time))
      throw FileError("saved state of the attention: layer " + std::to_string(index) + " has read " +
                      std::to_string(saved.stored) + " tokens, expected at most " + std::to_string(shape.max_tokens));
    if (saved.stored == 0) continue;
    Layer& layer = layers_[index];
    start(layer, int(index), shape.max_tokens);
    layer.engine->load(in);
    layer.stored = int(saved.stored);
    layer.time = saved.time;
  }
}

template <class Real>
double NetworkAttention<Real>::saved_bytes() const {
  double bytes = 0;
  for (const Layer& layer : layers_) bytes += layer.engine != nullptr ? double(layer.bytes) : 0;
  return bytes;
}

template class NetworkAttention<float>;
template class NetworkAttention<double>;

}  // namespace tripartite::attention
