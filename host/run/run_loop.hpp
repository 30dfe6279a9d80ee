#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "host/simulation/run_listener.hpp"
#include "tripartite/integrate/methods.hpp"
#include "tripartite/simulation.hpp"

namespace tripartite::run {

/// How far a simulation runs, when it is looked at, and when what drives it changes: all in steps of `dt` [s].
struct Plan {
  double dt = 0;
  std::int64_t steps = 0;          // to the end of the run
  std::int64_t frame_steps = 1;    // between frames
  std::int64_t steps_at_once = 1;  // at least: steps_at_once(method)
  /// The first step after `step` at which inputs change. Null: never.
  std::function<std::int64_t(std::int64_t step)> next_change;
  /// Sets the inputs for the steps from `step` on.
  std::function<void(std::int64_t step)> change;
};

/// Steps of dt that an advance should not cut: adaptive steps of single elements end where it ends, so that a cut by
/// the clock would be part of the result.
constexpr std::int64_t steps_at_once(integrate::Method method) { return is_adaptive(method) ? 256 : 1; }

/// What a run hands out.
class Visitor {
 public:
  virtual ~Visitor() = default;
  /// At time 0 and at the end of every frame_steps steps.
  virtual void frame() = 0;
  virtual void events(std::span<const Event> events) = 0;
};

/// Advances to the end of the plan, from wherever the simulation is. `what` names the progress. Throws Cancelled if the
/// listener asks to stop, and what the simulation throws; the events until then were handed out.
void run(Simulation& simulation, const Plan& plan, std::string_view what, simulation::RunListener& listener,
         Visitor& visitor);

}  // namespace tripartite::run
