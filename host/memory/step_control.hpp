#pragma once

#include "tripartite/memory/engine.hpp"

namespace tripartite::memory {

/// What a step says about itself.
struct StepNorms {
  double rate;   // largest tau |dy/dt| / (1 + |y|) at its start
  double error;  // root mean square of error / (tolerance (1 + |y|)), the largest over x, s and p; adaptive only
};

/// Time, step length and end of one network's run.
class StepControl {
 public:
  explicit StepControl(const Parameters& parameters);

  const CueStatus& status() const { return status_; }
  /// Continues from a status that was saved.
  void restore(const CueStatus& status);
  /// A state was replaced at `time` [s]: what had settled, and rested since, goes on from there.
  void disturb(double time);
  /// The network has settled, or `until` [s] is reached.
  bool is_done(double until) const;
  /// Of the step to make next [s].
  double next_length(double until);
  /// Of a step of length next_length(). False: it has to be repeated with the next length, from where it began. Throws
  /// NumericsError if no length is short enough.
  bool judge(const StepNorms& norms);

 private:
  Parameters parameters_;
  CueStatus status_;
  std::int64_t rested_ = 0;  // steps not made while the network rested; adaptive: unused
  double length_ = 0;
};

}  // namespace tripartite::memory
