#pragma once

#include <span>

namespace tripartite::simulation {

/// Change of a mean between the first and the second half of `values`, relative to the larger of the two means and to
/// `least`; 0 where that is within three standard errors, which are estimated from the scatter within the halves.
/// Values follow each other in time and are means over stretches that are long enough to be independent.
double drift_of(std::span<const double> values, double least);

/// Of r, below which a change is not looked at relative to r itself.
constexpr double least_probability = 0.01;

/// A drift of means over halves with so many cycles, 0: none. A half has its cycles give or take one: what that changes
/// in its means is no drift.
constexpr double beyond_a_cycle(double drift, double cycles) { return cycles > 0 && drift <= 2 / cycles ? 0 : drift; }

}  // namespace tripartite::simulation
