#pragma once

#include <chrono>
#include <string_view>

#include "host/config/synapse_config.hpp"
#include "host/run/checkpointed_run.hpp"
#include "host/run/run_loop.hpp"
#include "host/simulation/do_all.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::simulation {

/// The steps of `duration` [s], with a frame every `interval` [s], which is at least a step; 0: at the end alone.
run::Plan plan_of(const config::Stepping& stepping, double duration, double interval);

/// Makes a configuration that of the same run with a finer step, which ends and has its frames where it had them.
void refine(config::Stepping& stepping, double& duration, double& interval);

void set_execution(NetworkSetup& setup, const config::Execution& execution);

/// Runs to the end of the plan, with checkpoints unless `checkpoints` is null; notes in `result` what that took and
/// calls `finish`, both also if the run fails.
template <class Result, class Finish>
void integrate(run::JournaledNetwork& network, const run::Plan& plan, std::string_view what, RunListener& listener,
               run::Visitor& visitor, run::Checkpoints* checkpoints, Result& result, Finish finish) {
  const auto began = std::chrono::steady_clock::now();
  do_all({[&] {
            if (checkpoints != nullptr)
              run::run(network, plan, what, listener, visitor, *checkpoints);
            else
              run::run(network, plan, what, listener, visitor);
          },
          [&] {
            result.simulated = network.time();
            result.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
            result.seconds["integration"] = result.wall;
            finish();
          }});
}

}  // namespace tripartite::simulation
