#pragma once

#include <cstdint>
#include <string_view>

#include "host/network/windows.hpp"
#include "host/run/course.hpp"
#include "host/simulation/run_listener.hpp"
#include "tripartite/integrate/methods.hpp"

namespace tripartite::run {

/// Steps of dt that an advance should not cut: adaptive steps of single elements end where it ends, so that a cut by
/// the clock would be part of the result.
inline std::int64_t steps_at_once(integrate::Method method, double dt) {
  return is_adaptive(method) ? network::window_steps(method, dt) : 1;
}

/// The loop of course.hpp for a simulation, in steps of plan.dt. `what` names the progress.
void run(Simulation& simulation, const Plan& plan, std::string_view what, simulation::RunListener& listener,
         Visitor& visitor);

}  // namespace tripartite::run
