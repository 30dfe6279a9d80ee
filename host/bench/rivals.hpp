#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/bench/contest.hpp"

namespace tripartite::bench {

/// The program of rivals (benchmarks/rivals): TRIPARTITE_RIVALS, or tripartite_rivals beside this program. Empty if it
/// is not there. Throws ConfigError if the variable names a file that does not exist.
std::string rivals_program();

/// One turn of a rival. Throws FileError if the program fails.
Turn run_rival(const std::vector<std::string>& words);

/// The ceiling of this machine [operations/s] with so many threads, measured once; empty without the program.
std::optional<double> ceiling_of(Ceiling ceiling, Precision precision, int threads);

}  // namespace tripartite::bench
