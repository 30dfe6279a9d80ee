#pragma once

#include <string_view>

#include "host/run/checkpoints.hpp"
#include "host/run/course.hpp"
#include "host/run/journaled_network.hpp"
#include "host/simulation/run_listener.hpp"

namespace tripartite::run {

/// Of all states: about what `save` writes.
double state_bytes(const Network& network);

/// The loop of course.hpp for a network that keeps checkpoints. Where a run is taken up again, `visitor` first gets the
/// frames and events of before once more; frames that `plan` does not have are left out. On the wish to stop it goes on
/// for half a second or so, to the end of its window, and leaves a checkpoint there; a window that takes longer is
/// given up, and the last checkpoint stands.
void run(JournaledNetwork& network, const Plan& plan, std::string_view what, simulation::RunListener& listener,
         Visitor& visitor, Checkpoints& checkpoints);

}  // namespace tripartite::run
