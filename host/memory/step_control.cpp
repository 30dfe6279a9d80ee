#include "host/memory/step_control.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "tripartite/error.hpp"

namespace tripartite::memory {

StepControl::StepControl(const Parameters& parameters) : parameters_(parameters) { status_.dt = parameters.dt; }

void StepControl::restore(const CueStatus& status) {
  status_ = status;
  rested_ = std::llround(status.time / parameters_.dt) - status.steps;
}

void StepControl::disturb(double time) {
  CueStatus status = status_;
  if (status.is_settled) status.time = std::max(status.time, time);
  status.is_settled = false;
  status.rate = CueStatus{}.rate;
  restore(status);
}

bool StepControl::is_done(double until) const {
  // Whole steps of fixed length end within rounding of `until`.
  return status_.is_settled || until - status_.time <= 1e-9 * status_.dt;
}

double StepControl::next_length(double until) {
  length_ = parameters_.solver == Solver::adaptive ? std::min(status_.dt, until - status_.time) : parameters_.dt;
  return length_;
}

bool StepControl::judge(const StepNorms& norms) {
  if (parameters_.solver == Solver::adaptive) {
    // The error estimate is of second order in the step; a step that is not finite is cut like a very wrong one.
    const double factor = norms.error > 0 ? 0.9 / std::sqrt(norms.error) : norms.error == 0 ? 5.0 : 0.0;
    const double next = length_ * std::clamp(factor, 0.2, 5.0);
    if (!(norms.error <= 1)) {
      ++status_.rejected;
      status_.dt = next;
      if (next < 1e-12 * parameters_.dt)
        throw NumericsError("t = " + std::to_string(status_.time) +
                            " s: no step is short enough for tolerance = " + std::to_string(parameters_.tolerance));
      return false;
    }
    // A step that was cut short to end in time says nothing against the longer one.
    status_.dt = length_ < status_.dt ? std::max(next, status_.dt) : next;
    status_.time += length_;
  } else {
    status_.time = double(status_.steps + rested_ + 1) * length_;
  }
  ++status_.steps;
  status_.rate = norms.rate;
  status_.is_settled = norms.rate < parameters_.settled_rate;
  return true;
}

}  // namespace tripartite::memory
