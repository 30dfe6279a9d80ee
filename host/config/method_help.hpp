#pragma once

#include <string>
#include <utility>

namespace tripartite::config {

/// What `tripartite bench precision` measured of every method that a model of part C can be integrated by
/// (docs/performance.md), for the help of solver.method.
inline std::string with_measured_methods(std::string meaning) {
  return std::move(meaning) +
         ". Error of calcium and of releases in 3 s of synapses at up to 20 /s, by steps of 1 ms or a tolerance of "
         "1e-4 "
         "in float32, and time relative to rk4: exponential_euler 0.012 uM, 7 ms, 0.7; exponential_midpoint 7e-5 uM, "
         "1 ms, 1 (both stable however stiff); euler 0.004 uM, 3 ms, 0.3; rk4 3e-5 uM, 1 ms, 1; dormand_prince 5e-5 "
         "uM, 0.03 ms, 0.1; rosenbrock 2e-4 uM, 0.07 ms, 0.25";
}

}  // namespace tripartite::config
