#include "host/run/run_loop.hpp"

#include <algorithm>
#include <cmath>

#include "host/run/pace.hpp"
#include "tripartite/error.hpp"

namespace tripartite::run {

void run(Simulation& simulation, const Plan& plan, std::string_view what, simulation::RunListener& listener,
         Visitor& visitor) {
  simulation.stop_when([&listener] { return listener.cancelled(); });
  struct Forget {  // the listener may end before the simulation does
    Simulation& simulation;
    ~Forget() { simulation.stop_when({}); }
  } const forget{simulation};
  Pace pace(plan.steps_at_once);
  std::int64_t at = std::llround(simulation.time() / plan.dt);
  listener.progress(what, double(at) / double(plan.steps));
  if (at == 0) visitor.frame();
  while (at < plan.steps) {
    if (listener.cancelled()) throw Cancelled("interrupted");
    std::int64_t end = std::min({plan.steps, (at / plan.frame_steps + 1) * plan.frame_steps, at + pace.steps()});
    if (plan.next_change) end = std::min(end, plan.next_change(at));
    if (plan.change) plan.change(at);
    const auto hand_out = [&] {
      if (const auto events = simulation.take_events(); !events.empty()) visitor.events(events);
    };
    try {
      pace.measure(end - at, [&] { simulation.advance(double(end - at) * plan.dt); });
    } catch (...) {
      hand_out();
      throw;
    }
    hand_out();
    at = end;
    if (at % plan.frame_steps == 0) visitor.frame();
    listener.progress(what, double(at) / double(plan.steps));
  }
}

}  // namespace tripartite::run
