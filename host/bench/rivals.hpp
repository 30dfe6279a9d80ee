#pragma once

#include <map>
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

/// All ceilings of this machine with so many threads, by name: multiply_add_float32, multiply_add_float64, product
/// [operations/s], bandwidth [byte/s]. Measured once; empty without the program.
std::map<std::string, double> ceilings(int threads);

/// The ceiling of this machine [operations/s] with so many threads, measured once; empty without the program.
std::optional<double> ceiling_of(Ceiling ceiling, Precision precision, int threads);

}  // namespace tripartite::bench
