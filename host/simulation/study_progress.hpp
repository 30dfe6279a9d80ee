#pragma once

#include <vector>

#include "host/simulation/network_cost.hpp"
#include "host/simulation/run_listener.hpp"
#include "host/simulation/work_estimate.hpp"

namespace tripartite::simulation {

/// What a point of a study costs.
struct PointCost {
  std::vector<LayerCost> layers;  // of as many sequences at once as were measured
  double measured_sequences = 1;
  double whole = 0;  // of the point [s]
};

/// Tells the listener how far a study is, phase by phase of the network, and passes its wish to stop into them.
class StudyProgress final : public attention::NetworkObserver {
 public:
  /// `kinds[i]` is the same for points that differ in their seed alone.
  StudyProgress(RunListener& listener, std::vector<PointCost> points, const std::vector<std::size_t>& kinds,
                WorkEstimate::Now now = WorkEstimate::Clock::now);

  void begin(std::size_t point);
  void end();
  /// How many sequences the network runs at once from now on.
  void set_sequences(std::size_t sequences) { sequences_ = double(sequences); }

  void advanced(int layer, attention::Phase phase, int token, double begin, double end) override;
  void recorded(int, std::span<const double>, std::span<const double>) override {}
  bool should_stop() const override { return listener_.cancelled(); }

 private:
  void tell();

  RunListener& listener_;
  std::vector<PointCost> points_;
  WorkEstimate estimate_;
  std::size_t present_ = 0;
  double sequences_ = 1, done_ = 0;
};

}  // namespace tripartite::simulation
