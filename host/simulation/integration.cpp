#include "host/simulation/integration.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite::simulation {

run::Plan plan_of(const config::Stepping& stepping, double duration, double interval) {
  run::Plan plan;
  plan.dt = stepping.dt;
  plan.steps_at_once = run::steps_at_once(stepping.method, plan.dt);
  plan.steps = std::llround(duration / plan.dt);
  plan.frame_steps = interval == 0 ? plan.steps : std::max<std::int64_t>(1, std::llround(interval / plan.dt));
  return plan;
}

void refine(config::Stepping& stepping, double& duration, double& interval) {
  const run::Plan plan = plan_of(stepping, duration, interval);
  duration = double(plan.steps) * plan.dt;
  if (interval > 0) interval = double(plan.frame_steps) * plan.dt;
  stepping = stepping.finer();
}

void set_execution(NetworkSetup& setup, const config::Execution& execution) {
  setup.backend = execution.backend;
  setup.precision = execution.precision;
  setup.threads = execution.threads;
}

}  // namespace tripartite::simulation
