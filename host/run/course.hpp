#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tripartite/simulation.hpp"

namespace tripartite::run {

/// What a run advances, in steps of its own: of dt for a Simulation, of their solver for cues that are recalled, phases
/// of a schedule for attention.
class Course {
 public:
  virtual ~Course() = default;
  /// Steps taken since the beginning.
  virtual std::int64_t at() const = 0;
  virtual void advance(std::int64_t steps) = 0;
  /// Nothing would happen any more, whatever the plan says.
  virtual bool is_over() const { return false; }
  virtual std::vector<Event> take_events() { return {}; }
  /// See Simulation::stop_when.
  virtual void stop_when(std::function<bool()> stop) = 0;
};

/// How far a run goes, when it is looked at, and when what drives it changes: all in steps.
struct Plan {
  double dt = 0;                   // [s] of a step of a Simulation
  std::int64_t steps = 0;          // to the end of the run
  std::int64_t frame_steps = 1;    // between frames
  std::int64_t steps_at_once = 1;  // where the loop itself may cut: at multiples of steps_at_once(method, dt)
  /// The first step after `step` at which inputs change. Null: never.
  std::function<std::int64_t(std::int64_t step)> next_change = nullptr;
  /// Sets the inputs for the steps from `step` on.
  std::function<void(std::int64_t step)> change = nullptr;
};

/// What a run hands out.
class Visitor {
 public:
  virtual ~Visitor() = default;
  /// At step 0 and at the end of every frame_steps steps.
  virtual void frame() = 0;
  virtual void events(std::span<const Event>) {}
  /// After every advance, once all that happened until now was handed out.
  virtual void pause() {}
};

/// Who asked for a run. Null: nobody wants to know, or to stop it.
struct Caller {
  /// Told the fraction of the plan that is done, in [0, 1], several times a second. May throw.
  std::function<void(double fraction)> progress = nullptr;
  /// Asked several times a second, from any thread, also within a step.
  std::function<bool()> should_stop = nullptr;
};

/// The loop of every run: advances to the end of the plan, from wherever the course is. Throws Cancelled if the caller
/// wants to stop, and what the course throws; the events until then were handed out.
void run(Course& course, const Plan& plan, const Caller& caller, Visitor& visitor);

}  // namespace tripartite::run
