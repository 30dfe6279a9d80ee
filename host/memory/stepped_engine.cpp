#include "host/memory/stepped_engine.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "tripartite/error.hpp"

namespace tripartite::memory {

template <class Real>
SteppedEngine<Real>::SteppedEngine(const MemorySetup& setup)
    : setup_{setup.patterns, setup.cues, setup.parameters, {}}, why_no_energy_(memory::why_no_energy(setup)) {
  restart();
}

template <class Real>
void SteppedEngine<Real>::restart() {
  CueStatus fresh;
  fresh.dt = setup_.parameters.dt;
  status_.assign(std::size_t(setup_.cues), fresh);
}

template <class Real>
void SteppedEngine<Real>::require_energy() const {
  if (!why_no_energy_.empty()) throw ConfigError("associative memory: " + why_no_energy_);
}

template <class Real>
void SteppedEngine<Real>::advance(std::int64_t steps, double until) {
  const Parameters& parameters = setup_.parameters;
  std::vector<std::int64_t> last;  // steps after which a cue stops
  for (const CueStatus& status : status_) last.push_back(status.steps + steps);
  std::vector<CueStep> batch;
  do {
    batch.clear();
    for (int cue = 0; cue < setup_.cues; ++cue) {
      const CueStatus& status = status_[std::size_t(cue)];
      // Whole steps of fixed length end within rounding of `until`.
      const double left = until - status.time;
      if (status.settled || status.steps >= last[std::size_t(cue)] || left <= 1e-9 * status.dt) continue;
      const double length = is_adaptive() ? std::min(status.dt, left) : parameters.dt;
      batch.push_back({cue, length, step_scheme<Real>(parameters, length)});
    }
    if (!batch.empty()) make_step(batch);
  } while (!batch.empty());
  for (int cue = 0; cue < setup_.cues; ++cue)
    if (const std::ptrdiff_t neuron = first_not_finite(cue); neuron >= 0)
      throw NumericsError("neuron " + std::to_string(neuron) + " of cue " + std::to_string(cue) +
                          " is not finite at t = " + std::to_string(status(cue).time) + " s: dt = " +
                          std::to_string(parameters.dt) + " s may be too large for these parameters");
}

template <class Real>
void SteppedEngine<Real>::make_step(std::span<const CueStep> steps) {
  for (int known = 1; known <= stages_of(setup_.parameters.solver); ++known) advance_stage(known, steps);
  if (is_adaptive() || setup_.parameters.settled_rate > 0) {
    const std::vector<Norms> measured = norms(steps);
    for (std::size_t i = 0; i < steps.size(); ++i) judge(steps[i], measured[i]);
  } else {
    for (const CueStep& step : steps) judge(step, {status_[std::size_t(step.cue)].rate, 0});
  }
}

template <class Real>
void SteppedEngine<Real>::judge(const CueStep& step, const Norms& norms) {
  CueStatus& status = status_[std::size_t(step.cue)];
  if (is_adaptive()) {
    // The error estimate is of second order in the step; a step that is not finite is cut like a very wrong one.
    const double factor = norms.error > 0 ? 0.9 / std::sqrt(norms.error) : norms.error == 0 ? 5.0 : 0.0;
    const double next = step.length * std::clamp(factor, 0.2, 5.0);
    if (!(norms.error <= 1)) {
      ++status.rejected;
      status.dt = next;
      if (next < 1e-12 * setup_.parameters.dt)
        throw NumericsError("cue " + std::to_string(step.cue) + " at t = " + std::to_string(status.time) +
                            " s: no step is short enough for tolerance = " +
                            std::to_string(setup_.parameters.tolerance));
      return;
    }
    // A step that `until` cut short says nothing against the longer one.
    status.dt = step.length < status.dt ? std::max(next, status.dt) : next;
    status.time += step.length;
  } else {
    status.time = double(status.steps + 1) * step.length;
  }
  ++status.steps;
  status.rate = norms.rate;
  status.settled = norms.rate < setup_.parameters.settled_rate;
  accept(step.cue);
}

template class SteppedEngine<float>;
template class SteppedEngine<double>;

}  // namespace tripartite::memory
