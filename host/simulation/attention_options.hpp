#pragma once

#include <functional>
#include <utility>

#include "host/config/attend_config.hpp"
#include "host/simulation/attend.hpp"
#include "tripartite/attention/network_attention.hpp"

namespace tripartite::simulation {

/// What a configuration says about the network, but for the calibration. `Config` has members features, network and
/// execution.
template <class Config>
attention::NetworkOptions attention_options(const Config& config, const transformer::ModelShape& shape) {
  attention::NetworkOptions options;
  options.parameters = config.network;
  options.feature = config.features.map.value_or(natural_feature(shape.attention));
  options.hidden = config.features.m;
  options.backend = config.execution.backend;
  options.threads = config.execution.threads;
  return options;
}

inline bool needs_calibration(const attention::NetworkOptions& options) {
  return options.feature == attention::Feature::favor_sharp || options.feature == attention::Feature::favor_balanced ||
         options.parameters.has_calcium_model();
}

/// What a refusal for memory says of a network in place of attention.
inline constexpr auto less_memory =
    "fewer hidden neurons (features.m), less input or float32 (execution.precision) need less";

/// Passes the wish to stop into a phase of the network, which can take long, and tells how far the network is.
class Stopper final : public attention::NetworkObserver {
 public:
  using Progress = std::function<void(int layer, double time)>;
  explicit Stopper(const RunListener& listener, Progress progress = {})
      : listener_(listener), progress_(std::move(progress)) {}
  void advanced(int layer, attention::Phase, int, double, double end) override {
    if (progress_) progress_(layer, end);
  }
  void recorded(int, std::span<const double>, std::span<const double>) override {}
  bool should_stop() const override { return listener_.cancelled(); }

 private:
  const RunListener& listener_;
  Progress progress_;
};

}  // namespace tripartite::simulation
