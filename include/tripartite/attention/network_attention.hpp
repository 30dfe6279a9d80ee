#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "tripartite/attention/calcium_calibration.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/transformer/attention.hpp"

namespace tripartite::attention {

/// Queries and keys that a calibration text leaves in one layer, [tokens x heads * width] each, unscaled.
struct LayerCalibration {
  std::vector<double> query;
  std::vector<double> key;
  int tokens = 0;
};

/// Which states of one layer are kept, and how often.
struct Recording {
  int layer = 0;
  double interval = 0.010;  // [s] a multiple of dt for stepping solvers
  double until = 1e300;     // [s] of the layer's own time; nothing is recorded after it
  std::vector<Probe> probes;
};

struct NetworkOptions {
  Parameters parameters;
  Feature feature = Feature::slots;
  int hidden = 0;  // m; 0 chooses: slots one per token, elu1 the width of a head, else 256
  Backend backend = Backend::automatic;
  int threads = 0;
  std::vector<LayerCalibration> calibration;  // one per layer, for favor_sharp, favor_balanced and calcium models
  /// Feature maps of the heads of a layer with m hidden neurons, instead of those that the options above describe.
  std::function<std::vector<FeatureMap>(int layer, int hidden)> own_maps;
  /// Processes of the heads of a layer, instead of those that the calibration text gives a calcium model.
  std::function<std::vector<ProcessScale>(int layer, int tokens)> own_processes;
  std::vector<Recording> recordings;
};

/// Hidden neurons m per head of `width` for a sequence of `tokens`. Throws ConfigError if the feature map forbids the m
/// asked for.
int hidden_neurons(const NetworkOptions& options, int width, int tokens);

/// Receives events while the network integrates. Times are seconds of the layer's own clock.
class NetworkObserver {
 public:
  virtual ~NetworkObserver() = default;
  /// After every phase.
  virtual void advanced(int layer, Phase phase, int token, double begin, double end) = 0;
  /// Recorded frames [frames x probes of that layer's recording] at `times`.
  virtual void recorded(int layer, std::span<const double> times, std::span<const double> values) = 0;
  /// Asked before every phase and within it, from any thread; true ends it with Cancelled.
  virtual bool should_stop() const { return false; }
};

/// The integrated neuron-astrocyte network in place of a transformer's attention: one engine per layer, all heads of a
/// layer in one batch. Bidirectional: writes all tokens, then reads all. Causal: writes token t, reads token t, goes
/// on; the synapses stay, so that text can be continued token by token. Throws what Engine throws, and ConfigError if
/// options and shape do not fit.
template <class Real>
class NetworkAttention final : public transformer::Attention<Real> {
 public:
  NetworkAttention(const transformer::AttentionShape& shape, NetworkOptions options,
                   NetworkObserver* observer = nullptr);
  ~NetworkAttention() override;

  void attend(int layer, int first_token, int tokens, const Real* query, const Real* key, const Real* value,
              Real* context) override;
  /// The sequences side by side: one network each, with the same parameters and the same heterogeneity, in one engine.
  void attend_batch(int layer, int sequences, int tokens, const Real* query, const Real* key, const Real* value,
                    Real* context) override;
  void reset() override;

  /// Writes the state of a causal sequence between two tokens: clocks, numbers of tokens and engines of all layers. A
  /// network of the same shape and options on the same backend that loads it continues bit for bit as this one would.
  /// Throws FileError if the stream fails.
  void save(std::ostream& out) const;
  /// Throws FileError if the stream is damaged or belongs to another network, which then needs a reset.
  void load(std::istream& in);
  /// About how much `save` writes now.
  double saved_bytes() const;

  /// Hidden neurons m per head for a sequence of `tokens`.
  int hidden(int tokens) const;
  /// Tripartite synapses of one head.
  std::size_t synapses_per_head(int tokens) const;
  /// Seconds of simulated time that `tokens` take in one layer.
  double simulated_time(int tokens) const;
  /// The engine of a layer in its present state; null before the layer's first token.
  Engine<Real>* engine(int layer);
  /// The feature maps of a layer for a sequence of `tokens`.
  std::vector<FeatureMap> maps(int layer, int tokens) const;
  /// How the processes of a layer are scaled for a sequence of `tokens`; none if their calcium is linear.
  std::vector<ProcessScale> processes(int layer, int tokens) const;
  /// Where the calcium of a process settles; null if it is linear.
  const CalciumCurve* calcium_curve() const { return curve_ ? &*curve_ : nullptr; }

 private:
  struct Layer;
  struct HeadText;
  class Phases;

  HeadText calibration_of(int layer, int head) const;
  void start(Layer& layer, int index, int capacity, int sequences = 1);
  /// The schedule of tokens [first_token, first_token + tokens).
  void run(Layer& layer, int index, int first_token, int tokens);

  NetworkOptions options_;
  NetworkObserver* observer_;
  std::optional<CalciumCurve> curve_;
  std::vector<Layer> layers_;
};

extern template class NetworkAttention<float>;
extern template class NetworkAttention<double>;

}  // namespace tripartite::attention
