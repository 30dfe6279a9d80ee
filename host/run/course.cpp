#include "host/run/course.hpp"

#include <algorithm>

#include "host/run/pace.hpp"
#include "tripartite/error.hpp"

namespace tripartite::run {

void run(Course& course, const Plan& plan, const Caller& caller, Visitor& visitor) {
  course.stop_when(caller.should_stop);
  struct Forget {  // the caller may end before the course does
    Course& course;
    ~Forget() { course.stop_when({}); }
  } const forget{course};
  const auto tell = [&](std::int64_t at) {
    if (caller.progress) caller.progress(double(at) / double(plan.steps));
  };
  const auto hand_out = [&] {
    if (const auto events = course.take_events(); !events.empty()) visitor.events(events);
  };
  Pace pace(plan.steps_at_once);
  std::int64_t at = course.at();
  tell(at);
  if (at == 0) visitor.frame();
  while (at < plan.steps && !course.is_over()) {
    if (caller.should_stop && caller.should_stop()) throw Cancelled("interrupted");
    // At multiples, from wherever the run goes on: where it is cut is part of the result of some methods.
    const std::int64_t cut = std::max((at + pace.steps()) / plan.steps_at_once, at / plan.steps_at_once + 1);
    std::int64_t end = std::min({plan.steps, (at / plan.frame_steps + 1) * plan.frame_steps, cut * plan.steps_at_once});
    if (plan.next_change) end = std::min(end, plan.next_change(at));
    if (plan.change) plan.change(at);
    try {
      pace.measure(end - at, [&] { course.advance(end - at); });
    } catch (...) {
      hand_out();
      throw;
    }
    hand_out();
    at = end;
    if (at % plan.frame_steps == 0) visitor.frame();
    visitor.pause();
    tell(at);
  }
}

}  // namespace tripartite::run
