#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/config/attend_config.hpp"
#include "host/simulation/attend.hpp"
#include "host/simulation/work_estimate.hpp"
#include "tripartite/attention/network_attention.hpp"

namespace tripartite::simulation {

/// Layer and head of "layer:head", already checked to be two numbers. Throws ConfigError with `key` if the model has
/// not this head.
std::pair<int, int> find_head(const std::string& text, const transformer::AttentionShape& shape, const char* key);

/// Turns recording.* of the configuration into probes of the network and sorts their frames by field into the result,
/// tells progress and passes on the wish to stop. No run::Recorder: one layer is integrated after the other, so that no
/// frame is complete before the last layer.
class AttentionRecorder final : public attention::NetworkObserver {
 public:
  /// Throws ConfigError for a head or an element that the model does not have.
  AttentionRecorder(const config::Recording& recording, const attention::Parameters& parameters,
                    const transformer::AttentionShape& shape, int hidden, RunListener& listener, AttendResult& result);

  const std::vector<attention::Recording>& recordings() const { return recordings_; }
  /// Begins to tell progress: seconds of simulated time that one layer will take. `is_kept` says of the layer in
  /// progress whether it is not integrated again.
  void expect(double seconds, std::function<bool()> is_kept);
  /// What a layer takes that is not recorded, of the time of all of them.
  double share_of_unrecorded_layer() const;
  /// The first recorded head of the recorded layer.
  int head() const { return head_; }

  void advanced(int layer, attention::Phase phase, int token, double begin, double end) override;
  void recorded(int layer, std::span<const double> times, std::span<const double> values) override;
  bool should_stop() const override { return listener_.cancelled(); }

 private:
  struct Target {
    std::size_t population;  // index into result.recordings
    std::size_t column;
  };

  RunListener& listener_;
  AttendResult& result_;
  int layers_;
  int head_ = 0;
  double expected_ = 0, recorded_cost_ = 1;  // that of a layer that is not recorded being 1
  int present_ = 0;                          // layer
  bool is_present_kept_ = false;
  std::function<bool()> is_kept_;
  std::optional<WorkEstimate> estimate_;
  std::vector<attention::Recording> recordings_;  // one per recorded layer
  std::vector<std::vector<Target>> targets_;      // [recording][probe]
};

}  // namespace tripartite::simulation
