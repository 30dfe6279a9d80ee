#pragma once

#include <span>

namespace tripartite::report::attend {

/// What filters in series with time constants `taus` [s] still hold of the value at which they had settled, `time`
/// after their input changed: 1 at the change. Two filters of one τ: (1 + t/τ) e^(−t/τ).
double residue(std::span<const double> taus, double time);

/// Its mean over a time, such as that of a write, which deposits all that passes.
double mean_residue(std::span<const double> taus, double begin, double end);

}  // namespace tripartite::report::attend
