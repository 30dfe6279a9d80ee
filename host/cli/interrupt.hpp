#pragma once

#include <atomic>
#include <string_view>

namespace tripartite::cli {

/// From here on the first Ctrl-C (or SIGTERM) ends the program at once, for as long as there is nothing to lose: while
/// models are read, connections drawn, networks set up, and in commands that keep nothing.
const std::atomic<bool>& catch_interrupts();

/// Writes to standard error from a signal handler, or from where the program is about to end.
void say_at_once(std::string_view message);

/// True once after each SIGUSR1: somebody wants a checkpoint now.
bool take_checkpoint_request();

/// There is something to lose now, as a run directory: the first Ctrl-C raises the flag that `catch_interrupts`
/// returned, so that the run can end in order; the second ends the program at once.
void keep_on_interrupt();

}  // namespace tripartite::cli
