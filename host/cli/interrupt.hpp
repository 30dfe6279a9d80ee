#pragma once

#include <atomic>

namespace tripartite::cli {

/// From here on the first Ctrl-C (or SIGTERM) raises the returned flag, so that the run can end in order; the second
/// ends the program at once.
const std::atomic<bool>& catch_interrupts();

}  // namespace tripartite::cli
