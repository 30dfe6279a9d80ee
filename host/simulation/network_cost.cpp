#include "host/simulation/network_cost.hpp"

#include <chrono>
#include <random>

namespace tripartite::simulation {
namespace {

using attention::Phase;
using Clock = std::chrono::steady_clock;

constexpr int tokens = 2;

/// Times the phases of the second token: the first one's include what is set up once.
class Stopwatch final : public attention::NetworkObserver {
 public:
  explicit Stopwatch(const std::function<void()>& cancelled) : cancelled_(cancelled) {}
  void begin(LayerCost& cost) { cost_ = &cost, phase_began_ = began_ = Clock::now(), steady_ = 0; }
  void end(bool causal) {
    // What the first token took like the second; a bidirectional layer has one delay.
    const double delay = cost_->of(Phase::delay);
    cost_->start = std::max(0.0, seconds_since(began_) - tokens * (steady_ - delay) - (causal ? tokens : 1) * delay);
  }

  void advanced(int, Phase phase, int token, double, double) override {
    cancelled_();
    const double seconds = seconds_since(phase_began_);
    phase_began_ = Clock::now();
    if (token != tokens - 1) return;
    cost_->phase[std::size_t(phase)] = seconds;
    steady_ += seconds;
  }
  void recorded(int, std::span<const double>, std::span<const double>) override {}

 private:
  static double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }
  const std::function<void()>& cancelled_;
  LayerCost* cost_ = nullptr;
  Clock::time_point began_, phase_began_;
  double steady_ = 0;
};

}  // namespace

template <class Real>
std::vector<LayerCost> measure_network(const transformer::AttentionShape& shape, attention::NetworkOptions options,
                                       int hidden, int sequences, const std::function<void()>& cancelled) {
  options.hidden = hidden;
  options.recordings.clear();
  Stopwatch watch(cancelled);
  attention::NetworkAttention<Real> network(shape, std::move(options), &watch);
  std::vector<LayerCost> layers(std::size_t(shape.layers));
  const int at_once = shape.causal ? 1 : sequences;
  std::vector<Real> values(3 * std::size_t(at_once) * tokens * std::size_t(shape.width())), context(values.size() / 3);
  std::mt19937_64 random(1);
  std::normal_distribution<double> draw;
  for (Real& value : values) value = Real(draw(random));
  const Real *query = values.data(), *key = query + context.size(), *value = key + context.size();
  for (int layer = 0; layer < shape.layers; ++layer) {
    watch.begin(layers[std::size_t(layer)]);
    if (shape.causal)
      network.attend(layer, 0, tokens, query, key, value, context.data());
    else
      network.attend_batch(layer, at_once, tokens, query, key, value, context.data());
    watch.end(shape.causal);
    network.reset();
  }
  return layers;
}

template std::vector<LayerCost> measure_network<float>(const transformer::AttentionShape&, attention::NetworkOptions,
                                                       int, int, const std::function<void()>&);
template std::vector<LayerCost> measure_network<double>(const transformer::AttentionShape&, attention::NetworkOptions,
                                                        int, int, const std::function<void()>&);

double cost_of(const std::vector<LayerCost>& layers, int tokens, bool causal) {
  double cost = 0;
  for (const LayerCost& layer : layers)
    cost += layer.start + tokens * (layer.of(Phase::settle) + layer.of(Phase::write) + layer.of(Phase::read)) +
            (causal ? tokens : 1) * layer.of(Phase::delay);
  return cost;
}

}  // namespace tripartite::simulation
